-- The history row of an applied version no longer counts. psql variable: state.
-- $1 version
UPDATE :"state".migrations
SET undone_at = pg_catalog.clock_timestamp()
WHERE version OPERATOR(pg_catalog.=) $1 AND undone_at IS NULL AND kind OPERATOR(pg_catalog.<>) 'U'
