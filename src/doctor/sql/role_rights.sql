-- What a role lacks: the right to connect, the schema, a right on a table, a sequence that a default of a table uses. One row for each.
-- $1 the role, $2 schemas, $3 rights on tables; both lists.
WITH role_ AS (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = $1),
wanted_schema AS (SELECT name FROM pg_catalog.unnest(pg_catalog.string_to_array($2, pg_catalog.chr(31))) AS name),
wanted_right AS (SELECT name FROM pg_catalog.unnest(pg_catalog.string_to_array($3, pg_catalog.chr(31))) AS name)
SELECT 'role' AS kind, $1::pg_catalog.text AS object, '' AS missing, '' AS schema, '' AS name WHERE NOT EXISTS (SELECT FROM role_)
UNION ALL
SELECT 'database', pg_catalog.quote_ident(pg_catalog.current_database()), 'CONNECT', '', ''
FROM role_ WHERE NOT pg_catalog.has_database_privilege(role_.oid, pg_catalog.current_database(), 'CONNECT')
UNION ALL
SELECT 'no schema', pg_catalog.quote_ident(wanted_schema.name), '', '', ''
FROM wanted_schema WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = wanted_schema.name)
UNION ALL
SELECT 'schema', pg_catalog.quote_ident(n.nspname), 'USAGE', '', ''
FROM role_, pg_catalog.pg_namespace AS n
WHERE n.nspname IN (SELECT wanted_schema.name FROM wanted_schema) AND NOT pg_catalog.has_schema_privilege(role_.oid, n.oid, 'USAGE')
UNION ALL
SELECT 'table', pg_catalog.format('%I.%I', n.nspname, c.relname),
       pg_catalog.string_agg(wanted_right.name, ', ' ORDER BY wanted_right.name), n.nspname, c.relname
FROM role_
CROSS JOIN wanted_right
CROSS JOIN pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN (SELECT wanted_schema.name FROM wanted_schema)
  AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND NOT pg_catalog.has_table_privilege(role_.oid, c.oid, wanted_right.name)
GROUP BY 2, 4, 5
UNION ALL
SELECT 'sequence', pg_catalog.format('%I.%I', n.nspname, c.relname), 'USAGE', n.nspname, t.relname
FROM role_
CROSS JOIN pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'a'
 AND d.refclassid = d.classid AND d.refobjsubid > 0
JOIN pg_catalog.pg_class AS t ON t.oid = d.refobjid
WHERE c.relkind = 'S' AND 'INSERT' IN (SELECT wanted_right.name FROM wanted_right)
  AND n.nspname IN (SELECT wanted_schema.name FROM wanted_schema)
  AND NOT pg_catalog.has_sequence_privilege(role_.oid, c.oid, 'USAGE')
ORDER BY 1, 2
LIMIT 500
