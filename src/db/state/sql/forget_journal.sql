-- The file is applied: its history row takes the place of its journal. psql variable: state.
-- $1 file
DELETE FROM :"state".statements WHERE file OPERATOR(pg_catalog.=) $1
