-- Foreign keys NOT VALID that a cut-over has made: of the table and its partitions, and those that point to it or to its registry.
-- $1 the table, quoted; $2 its registry, quoted
SELECT pg_catalog.format('%I of %I.%I', c.conname, n.nspname, r.relname) AS key
FROM pg_catalog.pg_constraint AS c
JOIN pg_catalog.pg_class AS r ON r.oid = c.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = r.relnamespace
LEFT JOIN pg_catalog.pg_constraint AS whole ON whole.oid = c.conparentid
WHERE c.contype = 'f' AND NOT c.convalidated AND whole.conrelid IS DISTINCT FROM c.conrelid
  AND (c.conrelid = pg_catalog.to_regclass($1)
       OR c.conrelid IN (SELECT inhrelid FROM pg_catalog.pg_inherits WHERE inhparent = pg_catalog.to_regclass($1))
       OR c.confrelid IN (pg_catalog.to_regclass($1), pg_catalog.to_regclass($2)))
ORDER BY 1
