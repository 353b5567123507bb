-- The schema of pg_stat_statements in this database, quoted, when its view can be read.
SELECT pg_catalog.quote_ident(n.nspname)
FROM pg_catalog.pg_extension AS e
JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
WHERE e.extname = 'pg_stat_statements'
  AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
