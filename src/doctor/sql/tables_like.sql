-- Plain tables of a schema whose names match a pattern and that are no partitions, with the pages that they take.
-- $1 the schema, $2 a regular expression
SELECT c.relname AS name, c.relpages::pg_catalog.int8 * pg_catalog.current_setting('block_size')::pg_catalog.int8 AS bytes
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relkind = 'r' AND NOT c.relispartition AND c.relname ~ $2
ORDER BY 1
