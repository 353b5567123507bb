-- The newest job on a table, an open one before all others. psql variable: state (the schema's name).
-- $1 schema, $2 name
SELECT id, kind, stage, state::pg_catalog.text AS state, tool_version,
       pg_catalog.to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS created_at,
       pg_catalog.to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS updated_at,
       finished_at IS NOT NULL AS is_finished
FROM :"state".jobs
WHERE table_schema = $1 AND table_name = $2
ORDER BY finished_at IS NULL DESC, id DESC
LIMIT 1
