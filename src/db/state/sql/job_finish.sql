-- An open job is over. False: it was so before. psql variable: state (the schema's name).
-- $1 id, $2 stage, $3 state (JSON), $4 version of the tool
WITH changed AS (
    UPDATE :"state".jobs
    SET stage = $2, state = $3::pg_catalog.jsonb, tool_version = $4, updated_at = pg_catalog.clock_timestamp(),
        finished_at = pg_catalog.clock_timestamp()
    WHERE id = $1::pg_catalog.int8 AND finished_at IS NULL
    RETURNING 1)
SELECT EXISTS (SELECT FROM changed)
