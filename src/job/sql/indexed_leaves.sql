-- How many leaves a table has, and how many of them have their indexes: all of a leaf's are made in one transaction.
-- $1 the table's name, quoted
SELECT pg_catalog.count(*) AS leaves,
       pg_catalog.count(*) FILTER (WHERE EXISTS (SELECT FROM pg_catalog.pg_index AS i WHERE i.indrelid = h.inhrelid)) AS indexed
FROM pg_catalog.pg_inherits AS h
WHERE h.inhparent = pg_catalog.to_regclass($1)
