-- State of the server and the applied migrations that still count, in one round trip. psql variable: state.
-- One row a migration, in order; one row with NULL id when there is none.
SELECT pg_catalog.pg_backend_pid(),
       pg_catalog.pg_is_in_recovery(),
       pg_catalog.current_setting('transaction_read_only'),
       meta.version,
       meta.tool_version,
       done.id,
       done.kind,
       done.version,
       done.description,
       done.file,
       done.sha256,
       done.sha256_tokens,
       pg_catalog.to_char(done.applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'),
       done.applied_by,
       done.duration_ms
FROM :"state".meta AS meta
LEFT JOIN :"state".migrations AS done ON done.undone_at IS NULL AND done.kind <> 'U'
ORDER BY done.id
