-- Collations of which the operating system or ICU now has another version than the one that indexes were built under.
SELECT pg_catalog.format('%I.%I', n.nspname, c.collname) AS name, c.collversion AS recorded,
       pg_catalog.pg_collation_actual_version(c.oid) AS actual
FROM pg_catalog.pg_collation AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.collnamespace
WHERE c.collversion IS NOT NULL AND c.collversion <> pg_catalog.pg_collation_actual_version(c.oid)
  AND EXISTS (SELECT FROM pg_catalog.pg_index AS x WHERE c.oid = ANY (x.indcollation::pg_catalog.oid[]))
ORDER BY 1
