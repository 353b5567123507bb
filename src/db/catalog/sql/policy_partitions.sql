-- The partitions of some tables, DEFAULT among them. Nothing here takes a lock on them: pg_get_expr() would, of the relation that it is told.
-- $1 schemas, $2 names of the tables: lists of one length, joined with ASCII's unit separator
-- $3 the name of a CHECK that a DEFAULT partition should not have
SELECT i.inhparent,
       n.nspname,
       c.relname,
       c.oid,
       pg_catalog.pg_get_expr(c.relpartbound, 0) AS bound,
       c.relkind,
       i.inhdetachpending,
       c.reltuples,
       c.relpages,
       c.oid = p.partdefid AND EXISTS (SELECT FROM pg_catalog.pg_constraint AS k
                                       WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.conname = $3) AS has_guard
FROM ROWS FROM (pg_catalog.unnest(pg_catalog.string_to_array($1, E'\x1f')), pg_catalog.unnest(pg_catalog.string_to_array($2, E'\x1f'))) AS listed (nspname, relname)
JOIN pg_catalog.pg_namespace AS tn ON tn.nspname = listed.nspname
JOIN pg_catalog.pg_class AS t ON t.relnamespace = tn.oid AND t.relname = listed.relname
JOIN pg_catalog.pg_partitioned_table AS p ON p.partrelid = t.oid
JOIN pg_catalog.pg_inherits AS i ON i.inhparent = t.oid
JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
