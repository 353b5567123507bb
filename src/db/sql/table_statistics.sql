-- The extended statistics of a table.
-- $1 the table's oid
SELECT n.nspname,
       s.stxname,
       pg_catalog.pg_get_statisticsobjdef(s.oid),
       pg_catalog.pg_get_userbyid(s.stxowner),
       COALESCE(s.stxstattarget, -1),
       pg_catalog.obj_description(s.oid, 'pg_statistic_ext')
FROM pg_catalog.pg_statistic_ext AS s
JOIN pg_catalog.pg_namespace AS n ON n.oid = s.stxnamespace
WHERE s.stxrelid = $1::pg_catalog.oid
ORDER BY n.nspname, s.stxname
