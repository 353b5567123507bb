-- The constraints of a table (not those of others that point to it).
-- $1 the table's oid
SELECT c.conname,
       c.contype,
       pg_catalog.pg_get_constraintdef(c.oid),
       pg_catalog.array_to_string(
           ARRAY(SELECT a.attname
                 FROM pg_catalog.unnest(c.conkey) WITH ORDINALITY AS k (attnum, position)
                 JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.attnum
                 ORDER BY k.position),
           E'\x1f'),
       c.convalidated,
       c.condeferrable,
       c.connoinherit,
       COALESCE(n.nspname, ''),
       COALESCE(r.relname, ''),
       c.conparentid <> 0 OR c.coninhcount > 0,
       r.oid IS NULL OR pg_catalog.has_table_privilege(r.oid, 'UPDATE, DELETE, TRUNCATE'),
       pg_catalog.obj_description(c.oid, 'pg_constraint')
FROM pg_catalog.pg_constraint AS c
LEFT JOIN pg_catalog.pg_class AS r ON r.oid = c.confrelid
LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = r.relnamespace
WHERE c.conrelid = $1::pg_catalog.oid AND c.contype <> 'n'
ORDER BY c.contype, c.conname
