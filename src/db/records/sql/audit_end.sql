-- It ended. psql variable: state.
-- $1 id  $2 exit code  $3 message or NULL
UPDATE :"state".audit
SET ended_at = pg_catalog.clock_timestamp(), exit_code = $2::pg_catalog.int4, message = $3
WHERE id = $1::pg_catalog.int8
