-- The table that another one is a partition of, and the bounds it has there.
-- $1 schema, $2 name
SELECT pn.nspname AS schema, p.relname AS name, pg_catalog.pg_get_expr(c.relpartbound, 0) AS bound
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_inherits AS i ON i.inhrelid = c.oid
JOIN pg_catalog.pg_class AS p ON p.oid = i.inhparent
JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.relnamespace
WHERE n.nspname = $1 AND c.relname = $2 AND c.relispartition AND c.relkind = 'r'
