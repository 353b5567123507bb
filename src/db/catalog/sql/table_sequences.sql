-- The sequences that belong to columns of a table: those of identity columns, and those OWNED BY one.
-- $1 the table's oid
SELECT n.nspname AS schema,
       c.relname AS name,
       a.attname AS column,
       d.deptype = 'i' AS is_identity,
       pg_catalog.format(
           'START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s', s.seqstart, s.seqincrement, s.seqmin, s.seqmax,
           s.seqcache, CASE WHEN s.seqcycle THEN ' CYCLE' ELSE '' END) AS options,
       c.relacl IS NOT NULL AS has_acl,
       pg_catalog.obj_description(c.oid, 'pg_class') AS comment,
       c.oid
FROM pg_catalog.pg_depend AS d
JOIN pg_catalog.pg_class AS c ON c.oid = d.objid AND c.relkind = 'S'
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_sequence AS s ON s.seqrelid = c.oid
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
  AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
  AND d.refobjid = $1::pg_catalog.oid
  AND d.deptype IN ('a', 'i')
ORDER BY a.attnum, c.relname
