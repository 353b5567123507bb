-- How a job on a table goes in this hour. psql variable: state.
-- $1 schema, $2 name, $3 rows a second, $4 changes left to apply, $5 how long it waited in ms; NULL: not known, what is there stays
INSERT INTO :"state".measurements AS former (table_schema, table_name, hour, job_rate, job_backlog, job_wait_ms)
VALUES ($1, $2, pg_catalog.date_trunc('hour', pg_catalog.now()), $3::pg_catalog.int8, $4::pg_catalog.int8, $5::pg_catalog.int8)
ON CONFLICT (table_schema, table_name, hour) DO UPDATE
SET job_rate = COALESCE(EXCLUDED.job_rate, former.job_rate),
    job_backlog = COALESCE(EXCLUDED.job_backlog, former.job_backlog),
    job_wait_ms = COALESCE(former.job_wait_ms + EXCLUDED.job_wait_ms, EXCLUDED.job_wait_ms, former.job_wait_ms)
