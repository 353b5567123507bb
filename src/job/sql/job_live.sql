-- Whether the open job of a table is paused, and what the process that works on it noted last. psql variable: state (the schema's name).
-- $1 schema, $2 name
SELECT state ? 'paused' AS is_paused,
       state->'live'->>'kind' AS kind, state->'live'->>'reason' AS reason, state->'live'->>'since' AS since,
       COALESCE(state->'live'->>'attempts', '0') AS attempts, state->'live'->>'waits_for' AS waits_for,
       COALESCE(state->'live'->>'rests_for', '0') AS rests_for
FROM :"state".jobs
WHERE table_schema = $1 AND table_name = $2 AND finished_at IS NULL
