-- How a table is partitioned: one row, or none when it is not, or is not there.
-- $1 schema, $2 name
SELECT c.oid, p.partstrat AS strategy, p.partnatts AS key_columns, COALESCE(a.attname, '') AS key
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_partitioned_table AS p ON p.partrelid = c.oid
LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = p.partattrs[0]
WHERE n.nspname = $1 AND c.relname = $2
