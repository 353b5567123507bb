-- What is done of a file that runs a statement at a time. psql variable: state.
-- $1 file
SELECT ordinal, sha256, state OPERATOR(pg_catalog.=) 'done',
       progress OPERATOR(pg_catalog.->>) 'by', progress OPERATOR(pg_catalog.->>) 'last',
       progress OPERATOR(pg_catalog.->>) 'upper', (progress OPERATOR(pg_catalog.->>) 'rows')::pg_catalog.int8
FROM :"state".statements
WHERE file OPERATOR(pg_catalog.=) $1
ORDER BY ordinal
