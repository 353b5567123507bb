-- The table that a statement alters which names this relation: the table itself, an index's or the one that owns a sequence.
-- $1 the name as the statement means it, quoted; $2 without its schema, for a table further down the search_path
SELECT COALESCE(i.indrelid, owner.refobjid, c.oid) AS oid
FROM pg_catalog.pg_class AS c
LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
LEFT JOIN pg_catalog.pg_depend AS owner
       ON c.relkind = 'S' AND owner.classid = 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AND owner.objid = c.oid
      AND owner.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AND owner.deptype IN ('a', 'i')
WHERE c.oid = COALESCE(pg_catalog.to_regclass($1), pg_catalog.to_regclass($2))::pg_catalog.oid
LIMIT 1
