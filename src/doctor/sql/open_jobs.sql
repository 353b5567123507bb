-- Jobs that are not finished. psql variable: state (the schema's name).
SELECT j.table_schema AS schema, j.table_name AS name,
       pg_catalog.date_part('epoch', pg_catalog.now() - j.updated_at) AS idle_seconds
FROM :"state".jobs AS j
WHERE j.finished_at IS NULL
ORDER BY j.id
