-- The last job of each table, an open one before all others. psql variable: state (the schema's name).
-- $1 how many tables
SELECT id, kind, table_schema, table_name, stage, state::pg_catalog.text AS state, tool_version,
       pg_catalog.to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS created_at,
       pg_catalog.to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS updated_at,
       pg_catalog.to_char(finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS finished_at
FROM (SELECT DISTINCT ON (table_schema, table_name) *
      FROM :"state".jobs
      ORDER BY table_schema, table_name, finished_at IS NULL DESC, id DESC) AS last
ORDER BY last.finished_at DESC NULLS FIRST, last.id DESC
LIMIT $1::pg_catalog.int4
