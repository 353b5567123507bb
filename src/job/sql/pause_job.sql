-- Whoever works on this job holds, or goes on. psql variable: state (the schema's name).
-- $1 id, $2 whether it is paused
UPDATE :"state".jobs
SET state = CASE WHEN $2::pg_catalog.bool THEN state || '{"paused": true}'::pg_catalog.jsonb ELSE state - 'paused' END
WHERE id = $1::pg_catalog.int8 AND finished_at IS NULL
