-- Every object of the schema and its definition, so that two moments can be compared.
-- $1 the schema of tripmig's own tables, which are left out
WITH space AS (
    SELECT namespace.oid, namespace.nspname
    FROM pg_catalog.pg_namespace AS namespace
    WHERE namespace.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', $1)
      AND namespace.nspname !~ '^pg_(toast_)?temp_'
), class AS (
    SELECT class.*, pg_catalog.format('%I.%I', space.nspname, class.relname) AS name
    FROM pg_catalog.pg_class AS class
    JOIN space ON space.oid = class.relnamespace
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS part
                      WHERE part.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                        AND part.objid = class.oid AND part.deptype = 'e')
), owned AS (
    SELECT routine.*, pg_catalog.format('%I.%I(%s)', space.nspname, routine.proname,
                                        pg_catalog.pg_get_function_identity_arguments(routine.oid)) AS name
    FROM pg_catalog.pg_proc AS routine
    JOIN space ON space.oid = routine.pronamespace
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS part
                      WHERE part.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
                        AND part.objid = routine.oid AND part.deptype = 'e')
)
SELECT 'schema ' || pg_catalog.quote_ident(space.nspname) AS object, '' AS definition FROM space
UNION ALL
SELECT 'extension ' || pg_catalog.quote_ident(extname), '' FROM pg_catalog.pg_extension
UNION ALL
SELECT CASE class.relkind WHEN 'S' THEN 'sequence ' WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view '
                          WHEN 'c' THEN 'type ' WHEN 'f' THEN 'foreign table ' ELSE 'table ' END || class.name,
       pg_catalog.concat_ws(' ', class.relpersistence, class.reloptions::pg_catalog.text,
                            COALESCE(class.relacl, pg_catalog.acldefault(CASE class.relkind WHEN 'S' THEN 's'::pg_catalog."char" ELSE 'r' END, class.relowner))::pg_catalog.text,
                            CASE WHEN class.relrowsecurity THEN 'row security' END,
                            CASE WHEN class.relforcerowsecurity THEN 'forced' END, 'replica identity ' || class.relreplident::pg_catalog.text,
                            CASE WHEN class.relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(class.oid) END,
                            CASE WHEN class.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(class.oid) END,
                            CASE WHEN class.relispartition THEN pg_catalog.pg_get_expr(class.relpartbound, class.oid) END,
                            pg_catalog.obj_description(class.oid, 'pg_class'))
FROM class WHERE class.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')
UNION ALL
SELECT 'column ' || class.name || '.' || pg_catalog.quote_ident(field.attname),
       pg_catalog.concat_ws(' ', pg_catalog.format_type(field.atttypid, field.atttypmod),
                            CASE WHEN field.attnotnull THEN 'NOT NULL' END, field.attidentity, field.attgenerated,
                            pg_catalog.pg_get_expr(preset.adbin, preset.adrelid), (SELECT pg_catalog.string_agg(option, ' ' ORDER BY option)
                             FROM pg_catalog.unnest(field.attoptions) AS option WHERE option !~ '^pg_attver='),  -- the server's own book-keeping
                           
                            field.attacl::pg_catalog.text, pg_catalog.col_description(class.oid, field.attnum))
FROM class
JOIN pg_catalog.pg_attribute AS field ON field.attrelid = class.oid AND field.attnum > 0 AND NOT field.attisdropped
LEFT JOIN pg_catalog.pg_attrdef AS preset ON preset.adrelid = class.oid AND preset.adnum = field.attnum
WHERE class.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
UNION ALL
SELECT 'index ' || pg_catalog.quote_ident(index_class.relname) || ' of ' || class.name,
       pg_catalog.pg_get_indexdef(index.indexrelid) || CASE WHEN index.indisvalid THEN '' ELSE ' INVALID' END
FROM pg_catalog.pg_index AS index
JOIN class ON class.oid = index.indrelid
JOIN pg_catalog.pg_class AS index_class ON index_class.oid = index.indexrelid
UNION ALL
SELECT 'constraint ' || pg_catalog.quote_ident(rule.conname) || ' of ' || COALESCE(class.name, 'domain ' || rule.contypid::pg_catalog.regtype::pg_catalog.text),
       pg_catalog.pg_get_constraintdef(rule.oid)
FROM pg_catalog.pg_constraint AS rule
JOIN space ON space.oid = rule.connamespace
LEFT JOIN class ON class.oid = rule.conrelid
LEFT JOIN pg_catalog.pg_constraint AS whole ON whole.oid = rule.conparentid
WHERE rule.contype <> 't'
  AND whole.conrelid IS DISTINCT FROM rule.conrelid  -- not the rows that a foreign key has for each partition that it points to
UNION ALL
SELECT 'trigger ' || pg_catalog.quote_ident(trigger.tgname) || ' of ' || class.name,
       pg_catalog.pg_get_triggerdef(trigger.oid) || ' ' || trigger.tgenabled::pg_catalog.text
FROM pg_catalog.pg_trigger AS trigger
JOIN class ON class.oid = trigger.tgrelid
WHERE NOT trigger.tgisinternal
UNION ALL
SELECT 'rule ' || pg_catalog.quote_ident(rule.rulename) || ' of ' || class.name, pg_catalog.pg_get_ruledef(rule.oid)
FROM pg_catalog.pg_rewrite AS rule
JOIN class ON class.oid = rule.ev_class
WHERE class.relkind IN ('r', 'p')
UNION ALL
SELECT 'policy ' || pg_catalog.quote_ident(policy.polname) || ' of ' || class.name,
       pg_catalog.concat_ws(' ', policy.polcmd, policy.polpermissive::pg_catalog.text,
                            pg_catalog.pg_get_expr(policy.polqual, policy.polrelid),
                            pg_catalog.pg_get_expr(policy.polwithcheck, policy.polrelid))
FROM pg_catalog.pg_policy AS policy
JOIN class ON class.oid = policy.polrelid
UNION ALL
SELECT 'function ' || owned.name,
       CASE WHEN owned.prokind = 'a' THEN 'aggregate' ELSE pg_catalog.pg_get_functiondef(owned.oid) END
FROM owned
UNION ALL
SELECT 'type ' || pg_catalog.format_type(type.oid, NULL),
       pg_catalog.concat_ws(' ', type.typtype, CASE WHEN type.typtype = 'd' THEN pg_catalog.format_type(type.typbasetype, type.typtypmod) END,
                            type.typdefault, CASE WHEN type.typnotnull THEN 'NOT NULL' END,
                            (SELECT pg_catalog.string_agg(label.enumlabel, ',' ORDER BY label.enumsortorder)
                             FROM pg_catalog.pg_enum AS label WHERE label.enumtypid = type.oid))
FROM pg_catalog.pg_type AS type
JOIN space ON space.oid = type.typnamespace
WHERE type.typtype IN ('d', 'e', 'r')
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS part
                  WHERE part.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND part.objid = type.oid AND part.deptype = 'e')
UNION ALL
SELECT 'statistics ' || pg_catalog.quote_ident(extended.stxname), pg_catalog.pg_get_statisticsobjdef(extended.oid)
FROM pg_catalog.pg_statistic_ext AS extended
JOIN space ON space.oid = extended.stxnamespace
UNION ALL
SELECT 'default privileges of ' || COALESCE(space.nspname, 'all schemas') || ' ' || preset.defaclobjtype::pg_catalog.text, preset.defaclacl::pg_catalog.text
FROM pg_catalog.pg_default_acl AS preset
LEFT JOIN space ON space.oid = preset.defaclnamespace
UNION ALL
SELECT 'publication ' || pg_catalog.quote_ident(pubname), '' FROM pg_catalog.pg_publication
