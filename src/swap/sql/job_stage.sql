-- The stage of an open job, once whoever is changing it has ended. psql variable: state (the schema's name).
-- $1 id
SELECT stage FROM :"state".jobs WHERE id = $1::pg_catalog.int8 AND finished_at IS NULL FOR UPDATE
