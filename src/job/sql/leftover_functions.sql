-- Which of three functions there are, and whether each is a registry's that tripmig made, of a table that is gone: no trigger calls
-- it, and the role may replace it.
-- $1, $2, $3 their signatures, as SQL spells them
SELECT p.oid::pg_catalog.regprocedure::pg_catalog.text AS signature,
       p.prorettype = 'pg_catalog.trigger'::pg_catalog.regtype AND p.prosecdef AND l.lanname = 'plpgsql'
       AND pg_catalog.strpos(p.prosrc, ' AS registered') > 0 AND pg_catalog.pg_has_role(p.proowner, 'MEMBER')
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger AS t WHERE t.tgfoid = p.oid) AS is_registry
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
WHERE p.oid IN (pg_catalog.to_regprocedure($1), pg_catalog.to_regprocedure($2), pg_catalog.to_regprocedure($3))
ORDER BY 1
