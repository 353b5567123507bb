-- Functions and procedures whose source may name a table, and those that its row triggers call; those of extensions and of
-- PostgreSQL itself are left out. Standard SQL bodies (BEGIN ATOMIC) have no source and are bound by OID.
-- tgtype & 1: FOR EACH ROW.
-- $1 the table's oid, $2 its name, $3 the state schema
SELECT pg_catalog.pg_describe_object('pg_catalog.pg_proc'::pg_catalog.regclass, p.oid, 0) AS description,
       l.lanname AS language,
       p.prosrc AS source,
       t.names AS triggers,
       pg_catalog.pg_stat_get_function_calls(p.oid) AS calls
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
LEFT JOIN LATERAL (
    SELECT pg_catalog.string_agg(t.tgname, E'\x1f' ORDER BY t.tgname) AS names
    FROM pg_catalog.pg_trigger AS t
    WHERE t.tgrelid = $1::pg_catalog.oid AND NOT t.tgisinternal AND t.tgtype & 1 <> 0 AND t.tgfoid = p.oid
) AS t ON true
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', $3)
  AND l.lanname NOT IN ('internal', 'c')
  AND (t.names IS NOT NULL OR pg_catalog.strpos(p.prosrc, $2) > 0)
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend AS d
      WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid AND d.deptype = 'e')
ORDER BY t.names IS NULL, p.oid
LIMIT 1000
