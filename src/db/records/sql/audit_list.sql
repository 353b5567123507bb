-- The runs since a time, the newest first. psql variable: state.
-- $1 the time, or NULL for all  $2 how many at most
SELECT id, command, options, os_user, host, pid, db_role, application, client_address, tool_version, exit_code, message,
       pg_catalog.to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS started_at,
       pg_catalog.to_char(ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS ended_at,
       (EXTRACT(epoch FROM ended_at - started_at) * 1000)::pg_catalog.int8 AS duration_ms
FROM :"state".audit
WHERE $1::pg_catalog.timestamptz IS NULL OR started_at >= $1::pg_catalog.timestamptz
ORDER BY id DESC
LIMIT $2::pg_catalog.int8
