-- A statement of a file that runs a statement at a time has started, or is done. psql variable: state.
-- $1 file  $2 ordinal  $3 sha256 of the statement's text  $4 started or done
INSERT INTO :"state".statements (file, ordinal, sha256, state)
VALUES ($1, $2::pg_catalog.int4, $3, $4)
ON CONFLICT (file, ordinal) DO UPDATE
SET sha256 = EXCLUDED.sha256, state = EXCLUDED.state, at = pg_catalog.clock_timestamp()
