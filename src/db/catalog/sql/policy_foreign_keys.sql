-- Foreign keys from one of these tables to another.
-- $1 schemas, $2 names of the tables: lists of one length, joined with ASCII's unit separator
WITH listed AS MATERIALIZED (
    SELECT c.oid
    FROM ROWS FROM (pg_catalog.unnest(pg_catalog.string_to_array($1, E'\x1f')), pg_catalog.unnest(pg_catalog.string_to_array($2, E'\x1f'))) AS named (nspname, relname)
    JOIN pg_catalog.pg_namespace AS n ON n.nspname = named.nspname
    JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = named.relname)
SELECT DISTINCT k.conrelid, k.confrelid
FROM listed
JOIN pg_catalog.pg_constraint AS k ON k.conrelid = listed.oid
WHERE k.contype = 'f' AND k.conrelid <> k.confrelid AND k.confrelid IN (SELECT other.oid FROM listed AS other)
