-- Whether somebody paused the open job of a table; no row: there is none. psql variable: state (the schema's name).
-- $1 schema, $2 name
SELECT state ? 'paused'
FROM :"state".jobs
WHERE table_schema = $1 AND table_name = $2 AND finished_at IS NULL
