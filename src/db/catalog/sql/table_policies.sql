-- The row security policies of a table, as what follows CREATE POLICY name ON table.
-- $1 the table's oid
SELECT p.polname AS name,
       pg_catalog.format(
           'AS %s FOR %s TO %s%s%s',
           CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
           CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
           CASE WHEN p.polroles = '{0}' THEN 'PUBLIC'
                ELSE (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(r.rolname), ', ' ORDER BY listed.position)
                      FROM pg_catalog.unnest(p.polroles) WITH ORDINALITY AS listed (oid, position)
                      JOIN pg_catalog.pg_roles AS r ON r.oid = listed.oid) END,
           ' USING (' || pg_catalog.pg_get_expr(p.polqual, p.polrelid) || ')',
           ' WITH CHECK (' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) || ')') AS tail,
       pg_catalog.obj_description(p.oid, 'pg_policy') AS comment
FROM pg_catalog.pg_policy AS p
WHERE p.polrelid = $1::pg_catalog.oid
ORDER BY p.polname
