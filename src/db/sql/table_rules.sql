-- What else hangs on a table and cannot be carried: rules and security labels, each as kind and name.
-- $1 the table's oid
SELECT 'rule', r.rulename
FROM pg_catalog.pg_rewrite AS r
WHERE r.ev_class = $1::pg_catalog.oid AND r.rulename <> '_RETURN'
UNION ALL
SELECT 'label', l.provider
FROM pg_catalog.pg_seclabel AS l
WHERE l.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND l.objoid = $1::pg_catalog.oid
ORDER BY 1, 2
