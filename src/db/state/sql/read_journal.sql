-- What is done of a file that runs a statement at a time. psql variable: state.
-- $1 file
SELECT ordinal, sha256, state OPERATOR(pg_catalog.=) 'done' AS is_done,
       progress OPERATOR(pg_catalog.->>) 'by' AS by, progress OPERATOR(pg_catalog.->>) 'last' AS last,
       progress OPERATOR(pg_catalog.->>) 'upper' AS upper, (progress OPERATOR(pg_catalog.->>) 'rows')::pg_catalog.int8 AS rows
FROM :"state".statements
WHERE file OPERATOR(pg_catalog.=) $1
ORDER BY ordinal
