-- What is bound to a table or to its row type by OID and is no part of it: it would follow the old table through a rename.
-- Views and functions with an SQL-standard body can be bound anew by CREATE OR REPLACE; the rest can only be named.
-- $1 the table's oid
WITH bound AS (
    SELECT DISTINCT d.classid, d.objid,
           pg_catalog.bool_or(d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass) OVER (PARTITION BY d.classid, d.objid) AS by_type
    FROM pg_catalog.pg_depend AS d
    WHERE ((d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = $1::pg_catalog.oid)
           OR (d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass
               AND d.refobjid IN (SELECT type.oid FROM pg_catalog.pg_class AS c
                                  JOIN pg_catalog.pg_type AS row_type ON row_type.oid = c.reltype
                                  JOIN pg_catalog.pg_type AS type ON type.oid IN (row_type.oid, row_type.typarray)
                                  WHERE c.oid = $1::pg_catalog.oid))
           -- A view that groups by the primary key depends on the constraint: no other key will do.
           OR (d.refclassid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
               AND d.refobjid IN (SELECT oid FROM pg_catalog.pg_constraint WHERE conrelid = $1::pg_catalog.oid)))
      AND d.deptype IN ('n', 'a')
      AND d.classid IN ('pg_catalog.pg_rewrite'::pg_catalog.regclass, 'pg_catalog.pg_proc'::pg_catalog.regclass,
                        'pg_catalog.pg_class'::pg_catalog.regclass, 'pg_catalog.pg_type'::pg_catalog.regclass,
                        'pg_catalog.pg_cast'::pg_catalog.regclass, 'pg_catalog.pg_operator'::pg_catalog.regclass,
                        'pg_catalog.pg_policy'::pg_catalog.regclass)
    UNION
    -- Defaults elsewhere that draw from the sequence of an identity column, which is made anew.
    SELECT d.classid, d.objid, false
    FROM pg_catalog.pg_depend AS d
    JOIN pg_catalog.pg_depend AS own
      ON own.objid = d.refobjid AND own.classid = d.refclassid AND own.refobjid = $1::pg_catalog.oid AND own.deptype = 'i'
     AND own.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND own.refobjsubid > 0
    WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
)
SELECT CASE WHEN v.relkind = 'v' AND NOT b.by_type AND NOT by_key.found THEN 'view'
            WHEN p.prosqlbody IS NOT NULL AND NOT b.by_type THEN 'sql_function'
            ELSE 'other' END,
       CASE WHEN v.oid IS NOT NULL THEN pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, v.oid, 0)
            ELSE pg_catalog.pg_describe_object(b.classid, b.objid, 0) END
           || CASE WHEN b.by_type THEN ' (uses the row type)' WHEN by_key.found THEN ' (groups by the primary key)' ELSE '' END,
       COALESCE(vn.nspname, ''),
       COALESCE(v.relname, ''),
       CASE WHEN v.relkind = 'v' AND NOT b.by_type THEN
                pg_catalog.format('CREATE OR REPLACE VIEW %I.%I%s AS%s%s', vn.nspname, v.relname,
                                  ' WITH (' || pg_catalog.array_to_string(v.reloptions, ', ') || ')', E'\n',
                                  pg_catalog.rtrim(pg_catalog.pg_get_viewdef(v.oid), ';'))
            WHEN p.prosqlbody IS NOT NULL AND NOT b.by_type THEN pg_catalog.pg_get_functiondef(p.oid)
            ELSE '' END,
       pg_catalog.pg_get_userbyid(COALESCE(v.relowner, p.proowner, 10)),
       pg_catalog.pg_has_role(COALESCE(v.relowner, p.proowner, 10), 'USAGE')
FROM bound AS b
LEFT JOIN pg_catalog.pg_rewrite AS rw ON b.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND rw.oid = b.objid
LEFT JOIN pg_catalog.pg_class AS v ON v.oid = rw.ev_class
LEFT JOIN pg_catalog.pg_namespace AS vn ON vn.oid = v.relnamespace
LEFT JOIN pg_catalog.pg_proc AS p ON b.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND p.oid = b.objid
LEFT JOIN pg_catalog.pg_class AS other ON b.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND other.oid = b.objid
CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
                   WHERE d.classid = b.classid AND d.objid = b.objid
                     AND d.refclassid = 'pg_catalog.pg_constraint'::pg_catalog.regclass) AS found) AS by_key
-- Parts of the table and relatives that have their own place: rules, indexes, sequences, its partitions, heirs and policies.
WHERE rw.ev_class IS DISTINCT FROM $1::pg_catalog.oid
  AND other.oid IS DISTINCT FROM $1::pg_catalog.oid  -- generated columns, before PostgreSQL 15
  AND NOT (other.oid IS NOT NULL AND (other.relkind IN ('i', 'I', 'S', 't') OR (other.oid IN (SELECT inhrelid FROM pg_catalog.pg_inherits WHERE inhparent = $1::pg_catalog.oid))))
  AND NOT (b.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass
           AND EXISTS (SELECT FROM pg_catalog.pg_policy AS own WHERE own.oid = b.objid AND own.polrelid = $1::pg_catalog.oid))
ORDER BY 1 DESC, 2
