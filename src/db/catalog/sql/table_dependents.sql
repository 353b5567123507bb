-- What is bound to a table or to its row type by OID and is no part of it: it would follow the old table through a rename.
-- Views, functions with an SQL-standard body and rules can be bound anew by CREATE OR REPLACE; functions with the row type in
-- their signature are other functions from then on, and what is bound to them is bound anew as well; materialized views are
-- built anew. The rest can only be named.
-- $1 the table's oid
WITH row_types AS (
    SELECT type.oid
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_type AS row_type ON row_type.oid = c.reltype
    JOIN pg_catalog.pg_type AS type ON type.oid IN (row_type.oid, row_type.typarray)
    WHERE c.oid = $1::pg_catalog.oid
), row_functions AS (
    SELECT p.oid
    FROM pg_catalog.pg_proc AS p
    WHERE p.oid IN (SELECT objid FROM pg_catalog.pg_depend
                    WHERE classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
                      AND refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass AND refobjid IN (SELECT oid FROM row_types))
      AND p.prokind <> 'a'
      AND (p.prorettype IN (SELECT oid FROM row_types)
           OR COALESCE(p.proallargtypes, p.proargtypes::pg_catalog.oid[]) && ARRAY(SELECT oid FROM row_types))
), bound AS (
    SELECT listed.classid, listed.objid, pg_catalog.bool_or(listed.by_type) AS by_type
    FROM (
        SELECT d.classid, d.objid, d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass AS by_type
        FROM pg_catalog.pg_depend AS d
        WHERE ((d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = $1::pg_catalog.oid)
               OR (d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.refobjid IN (SELECT oid FROM row_types))
               -- A view that groups by the primary key depends on the constraint: no other key will do.
               OR (d.refclassid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
                   AND d.refobjid IN (SELECT oid FROM pg_catalog.pg_constraint WHERE conrelid = $1::pg_catalog.oid)))
          AND d.deptype IN ('n', 'a')
          AND d.classid IN ('pg_catalog.pg_rewrite'::pg_catalog.regclass, 'pg_catalog.pg_proc'::pg_catalog.regclass,
                            'pg_catalog.pg_class'::pg_catalog.regclass, 'pg_catalog.pg_type'::pg_catalog.regclass,
                            'pg_catalog.pg_cast'::pg_catalog.regclass, 'pg_catalog.pg_operator'::pg_catalog.regclass,
                            'pg_catalog.pg_policy'::pg_catalog.regclass)
        UNION ALL
        SELECT d.classid, d.objid, false
        FROM pg_catalog.pg_depend AS d
        WHERE d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.refobjid IN (SELECT oid FROM row_functions)
          AND d.deptype IN ('n', 'a')
          AND d.classid IN ('pg_catalog.pg_rewrite'::pg_catalog.regclass, 'pg_catalog.pg_proc'::pg_catalog.regclass)
        UNION ALL
        -- Defaults elsewhere that draw from the sequence of an identity column, which is made anew.
        SELECT d.classid, d.objid, false
        FROM pg_catalog.pg_depend AS d
        JOIN pg_catalog.pg_depend AS own
          ON own.objid = d.refobjid AND own.classid = d.refclassid AND own.refobjid = $1::pg_catalog.oid AND own.deptype = 'i'
         AND own.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND own.refobjsubid > 0
        WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
          AND d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass) AS listed
    GROUP BY listed.classid, listed.objid
), kinds AS (
    SELECT b.classid, b.objid, b.by_type, by_key.found AS by_key, rw.oid AS rule_oid, v.oid AS relation_oid, p.oid AS function_oid,
           CASE WHEN by_key.found THEN 'other'
                WHEN rw.oid IS NOT NULL AND rw.rulename <> '_RETURN' THEN 'rule'
                WHEN v.relkind = 'v' AND NOT b.by_type THEN 'view'
                WHEN v.relkind = 'm' AND NOT b.by_type THEN 'materialized_view'
                WHEN p.oid IN (SELECT oid FROM row_functions) THEN 'row_function'
                WHEN p.prosqlbody IS NOT NULL AND p.prokind <> 'a' THEN 'sql_function'
                ELSE 'other' END AS kind
    FROM bound AS b
    LEFT JOIN pg_catalog.pg_rewrite AS rw ON b.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND rw.oid = b.objid
    LEFT JOIN pg_catalog.pg_class AS v ON v.oid = rw.ev_class
    LEFT JOIN pg_catalog.pg_proc AS p ON b.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND p.oid = b.objid
    LEFT JOIN pg_catalog.pg_class AS other ON b.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND other.oid = b.objid
    CROSS JOIN LATERAL (
        SELECT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
                       WHERE d.classid = b.classid AND d.objid = b.objid
                         AND d.refclassid = 'pg_catalog.pg_constraint'::pg_catalog.regclass) AS found) AS by_key
    -- Parts of the table and relatives that have their own place: rules, indexes, sequences, its partitions, heirs and policies.
    WHERE rw.ev_class IS DISTINCT FROM $1::pg_catalog.oid
      AND other.oid IS DISTINCT FROM $1::pg_catalog.oid  -- generated columns, before PostgreSQL 15
      AND NOT (other.oid IS NOT NULL
               AND (other.relkind IN ('i', 'I', 'S', 't')
                    OR other.oid IN (SELECT inhrelid FROM pg_catalog.pg_inherits WHERE inhparent = $1::pg_catalog.oid)))
      AND NOT (b.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass
               AND EXISTS (SELECT FROM pg_catalog.pg_policy AS own WHERE own.oid = b.objid AND own.polrelid = $1::pg_catalog.oid))
)
SELECT k.kind,
       CASE WHEN k.kind <> 'rule' AND v.oid IS NOT NULL
            THEN pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, v.oid, 0)
            ELSE pg_catalog.pg_describe_object(k.classid, k.objid, 0) END
           || CASE WHEN k.kind = 'other' AND k.by_type THEN ' (uses the row type)'
                   WHEN k.by_key THEN ' (groups by the primary key)' ELSE '' END AS description,
       COALESCE(n.nspname, '') AS schema,
       COALESCE(v.relname, p.proname, '') AS name,
       COALESCE(v.relkind, '') AS relation_kind,
       k.objid AS oid,
       CASE k.kind
           WHEN 'view' THEN
               pg_catalog.format('CREATE OR REPLACE VIEW %I.%I%s AS%s%s', n.nspname, v.relname,
                                 ' WITH (' || pg_catalog.array_to_string(v.reloptions, ', ') || ')', E'\n',
                                 pg_catalog.rtrim(pg_catalog.pg_get_viewdef(v.oid), ';'))
           WHEN 'materialized_view' THEN pg_catalog.rtrim(pg_catalog.pg_get_viewdef(v.oid), ';')
           WHEN 'rule' THEN pg_catalog.regexp_replace(pg_catalog.rtrim(pg_catalog.pg_get_ruledef(k.rule_oid), ';'),
                                                      '^CREATE RULE', 'CREATE OR REPLACE RULE')
           WHEN 'sql_function' THEN pg_catalog.pg_get_functiondef(p.oid)
           WHEN 'row_function' THEN pg_catalog.pg_get_functiondef(p.oid)
           ELSE '' END AS rebind,
       pg_catalog.pg_get_userbyid(COALESCE(v.relowner, p.proowner, 10)) AS owner,
       pg_catalog.pg_has_role(COALESCE(v.relowner, p.proowner, 10), 'USAGE') AS can_alter,
       in_the_way.what AS in_the_way,
       p.proacl IS NOT NULL
           OR EXISTS (SELECT FROM pg_catalog.pg_default_acl AS d
                      WHERE d.defaclrole = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = CURRENT_USER)
                        AND d.defaclnamespace IN (0, p.pronamespace) AND d.defaclobjtype = 'f') AS has_acl,
       CASE WHEN k.kind = 'row_function' THEN
           pg_catalog.format('%I.%I(%s)', n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)) END AS signature,
       pg_catalog.array_to_string(
           ARRAY(SELECT CASE WHEN item.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(item.grantee)) END
                        || CASE WHEN item.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
                 FROM pg_catalog.aclexplode(COALESCE(p.proacl, pg_catalog.acldefault('f', p.proowner))) WITH ORDINALITY AS item
                 ORDER BY item.ordinality),
           E'\x1f') AS grants,
       pg_catalog.array_to_string(
           ARRAY(SELECT DISTINCT pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(item.grantee))
                 FROM pg_catalog.pg_default_acl AS d
                 CROSS JOIN LATERAL pg_catalog.aclexplode(d.defaclacl) AS item
                 WHERE k.kind = 'row_function' AND d.defaclrole = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = CURRENT_USER)
                   AND d.defaclnamespace IN (0, p.pronamespace) AND d.defaclobjtype = 'f' AND item.grantee NOT IN (0, d.defaclrole)
                 ORDER BY 1),
           E'\x1f') AS grantees,
       pg_catalog.obj_description(p.oid, 'pg_proc') AS comment
FROM kinds AS k
LEFT JOIN pg_catalog.pg_class AS v ON v.oid = k.relation_oid
LEFT JOIN pg_catalog.pg_proc AS p ON p.oid = k.function_oid
LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = COALESCE(v.relnamespace, p.pronamespace)
CROSS JOIN LATERAL (
    -- What stands on something that is made anew and cannot be put on the new one.
    SELECT COALESCE(pg_catalog.string_agg(DISTINCT found.description, ', ' ORDER BY found.description), '') AS what
    FROM (
        SELECT CASE WHEN on_rule.oid IS NULL THEN pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid)
                    ELSE pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, on_rule.ev_class, 0) END AS description
        FROM pg_catalog.pg_depend AS d
        LEFT JOIN pg_catalog.pg_rewrite AS on_rule
          ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND on_rule.oid = d.objid
        LEFT JOIN pg_catalog.pg_class AS below ON below.oid = on_rule.ev_class
        LEFT JOIN pg_catalog.pg_class AS part ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND part.oid = d.objid
        WHERE k.kind = 'materialized_view' AND d.deptype IN ('n', 'a')
          AND ((d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = v.oid)
               OR (d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass
                   AND d.refobjid IN (SELECT t.oid FROM pg_catalog.pg_type AS t
                                      JOIN pg_catalog.pg_type AS own ON own.oid = v.reltype AND t.oid IN (own.oid, own.typarray))))
          AND on_rule.ev_class IS DISTINCT FROM v.oid
          AND (part.relkind IN ('i', 't')) IS NOT TRUE
          AND (on_rule.rulename = '_RETURN' AND below.relkind = 'v' AND pg_catalog.pg_has_role(below.relowner, 'USAGE')) IS NOT TRUE
        UNION ALL
        SELECT CASE WHEN on_rule.oid IS NULL THEN pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid)
                    ELSE pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, on_rule.ev_class, 0) END
        FROM pg_catalog.pg_depend AS d
        LEFT JOIN pg_catalog.pg_rewrite AS on_rule
          ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND on_rule.oid = d.objid
        LEFT JOIN pg_catalog.pg_class AS below ON below.oid = on_rule.ev_class
        LEFT JOIN pg_catalog.pg_trigger AS t ON d.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass AND t.oid = d.objid
        WHERE k.kind = 'row_function' AND d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.refobjid = p.oid
          AND d.deptype IN ('n', 'a')
          AND d.classid <> 'pg_catalog.pg_proc'::pg_catalog.regclass  -- in the list themselves
          AND (on_rule.oid IS NULL OR below.relkind = 'm')            -- the others are in the list, or the table's own
          AND t.tgrelid IS DISTINCT FROM $1::pg_catalog.oid           -- goes with the old table and comes with the new one
        UNION ALL
        SELECT pg_catalog.pg_describe_object(d.refclassid, d.refobjid, 0)
        FROM pg_catalog.pg_depend AS d
        WHERE d.deptype IN ('e', 'x')
          AND ((k.kind = 'row_function' AND d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid)
               OR (k.kind = 'materialized_view' AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = v.oid))
        UNION ALL
        SELECT 'security label of ' || l.provider
        FROM pg_catalog.pg_seclabel AS l
        WHERE (k.kind = 'row_function' AND l.classoid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND l.objoid = p.oid)
           OR (k.kind = 'materialized_view' AND l.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND l.objoid = v.oid)) AS found
    ) AS in_the_way
ORDER BY k.kind = 'other', k.kind DESC, k.objid
