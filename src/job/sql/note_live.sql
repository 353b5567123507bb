-- What the process that works on a table's job is doing now, for `status` elsewhere. psql variable: state (the schema's name).
-- $1 schema, $2 name, $3 JSON
-- A row that a step has locked is left alone: the step's own record takes the note's place. Nobody waits for a note.
UPDATE :"state".jobs AS job
SET state = job.state || pg_catalog.jsonb_build_object('live', $3::pg_catalog.jsonb)
FROM (SELECT id FROM :"state".jobs
      WHERE table_schema = $1 AND table_name = $2 AND finished_at IS NULL
      FOR UPDATE SKIP LOCKED) AS open
WHERE job.id = open.id
