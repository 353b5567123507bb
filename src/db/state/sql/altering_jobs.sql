-- Jobs during which nobody else may alter their table, and the tables through which it would be altered, as oids joined by commas:
-- the table itself, what it is a partition of, and the other partitions of a merge. psql variable: state (the schema's name).
-- A complete swap that has no old table to keep in step (attach, or the table was empty) stands in nobody's way.
-- Jobs of versions before format 3 have no kind in their state: all are called swap, and tell by other fields what they are.
SELECT j.id, CASE WHEN COALESCE((j.state OPERATOR(pg_catalog.->) 'parent') OPERATOR(pg_catalog.->>) 'name', '') <> ''
                 THEN CASE WHEN j.kind = 'swap' THEN 'split' ELSE j.kind END ELSE j.kind END AS kind,
       j.table_schema, j.table_name, j.stage,
       COALESCE((SELECT pg_catalog.string_agg(DISTINCT above.relid::pg_catalog.oid::pg_catalog.text, ',')
                 FROM (SELECT pg_catalog.pg_partition_ancestors(c.oid) AS relid UNION SELECT c.oid
                       UNION SELECT (more.source OPERATOR(pg_catalog.->>) 'oid')::pg_catalog.oid
                             FROM pg_catalog.jsonb_array_elements(j.state OPERATOR(pg_catalog.->) 'more') AS more (source)) AS above), '') AS tables
FROM :"state".jobs AS j
LEFT JOIN (pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace)
       ON n.nspname = j.table_schema AND c.relname = j.table_name
WHERE j.finished_at IS NULL
  AND NOT (j.stage = 'complete'
           AND COALESCE(j.state OPERATOR(pg_catalog.->>) 'kind',
                        CASE WHEN j.state OPERATOR(pg_catalog.->>) 'was_empty' = 'true' THEN 'empty'
                             ELSE j.state OPERATOR(pg_catalog.->>) 'strategy' END) IN ('attach', 'empty'))
ORDER BY j.id
