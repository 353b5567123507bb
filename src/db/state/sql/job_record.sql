-- Where an open job stands. False: it is not open any more. psql variable: state (the schema's name).
-- A pause that another process asked for stays, and so does what was recorded of the job's own triggers when they were made.
-- $1 id, $2 stage, $3 state (JSON), $4 version of the tool
WITH changed AS (
    UPDATE :"state".jobs
    SET stage = $2,
        state = $3::pg_catalog.jsonb
                || (SELECT COALESCE(pg_catalog.jsonb_object_agg(kept.key, kept.value), '{}')
                    FROM pg_catalog.jsonb_each(state) AS kept
                    WHERE kept.key IN ('paused', 'own_capture', 'own_registry')),
        tool_version = $4, updated_at = pg_catalog.clock_timestamp()
    WHERE id = $1::pg_catalog.int8 AND finished_at IS NULL
    RETURNING 1)
SELECT EXISTS (SELECT FROM changed)
