-- The rules of a table; ON SELECT is a view's own. A rule's action may group by the table's primary key: it depends on the constraint.
-- $1 the table's oid
SELECT r.rulename AS name,
       pg_catalog.rtrim(pg_catalog.pg_get_ruledef(r.oid), ';') AS definition,
       r.ev_enabled AS enabled,
       EXISTS (SELECT FROM pg_catalog.pg_depend AS d
               JOIN pg_catalog.pg_constraint AS k ON k.oid = d.refobjid AND k.conrelid = $1::pg_catalog.oid
               WHERE d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = r.oid
                 AND d.refclassid = 'pg_catalog.pg_constraint'::pg_catalog.regclass) AS groups_by_key,
       pg_catalog.obj_description(r.oid, 'pg_rewrite') AS comment
FROM pg_catalog.pg_rewrite AS r
WHERE r.ev_class = $1::pg_catalog.oid AND r.rulename <> '_RETURN'
ORDER BY r.rulename
