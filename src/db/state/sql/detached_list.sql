-- What is known of partitions that were detached, and what became of them. psql variable: state (the schema's name).
SELECT d.table_oid, d.table_schema, d.table_name, d.parent_schema, d.parent_name, d.bounds, d.action,
       pg_catalog.to_char(d.detached_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') AS detached_at,
       pg_catalog.to_char(d.due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') AS due_at,
       d.is_clean,
       c.relkind,
       c.oid IS NOT NULL AND n.nspname = d.table_schema AND c.relname = d.table_name AS is_there,
       i.inhrelid IS NOT NULL AS is_attached,
       COALESCE(i.inhdetachpending, false) AS is_pending
FROM :"state".detached AS d
LEFT JOIN pg_catalog.pg_class AS c ON c.oid = d.table_oid
LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_inherits AS i ON i.inhrelid = d.table_oid
ORDER BY d.parent_schema, d.parent_name, d.detached_at, d.table_schema, d.table_name
