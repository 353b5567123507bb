-- Whose security labels a table has.
-- $1 the table's oid
SELECT DISTINCT l.provider
FROM pg_catalog.pg_seclabel AS l
WHERE l.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND l.objoid = $1::pg_catalog.oid
ORDER BY 1
