-- Sequences and what they may reach: their own end, or that of the integer column that they fill. last_value is NULL where nothing was
-- taken yet, and where this role may not see it.
SELECT n.nspname AS schema, c.relname AS name,
       CASE WHEN pg_catalog.has_sequence_privilege(c.oid, 'SELECT, USAGE') THEN pg_catalog.pg_sequence_last_value(c.oid) END AS last_value,
       pg_catalog.has_sequence_privilege(c.oid, 'SELECT, USAGE') AS is_visible,
       s.seqincrement > 0 AS ascends, s.seqcycle AS cycles, s.seqstart AS start,
       CASE WHEN s.seqincrement < 0 THEN s.seqmin
            ELSE LEAST(s.seqmax, CASE a.atttypid WHEN 'pg_catalog.int2'::pg_catalog.regtype THEN 32767
                                                 WHEN 'pg_catalog.int4'::pg_catalog.regtype THEN 2147483647
                                                 ELSE s.seqmax END) END AS last,
       COALESCE(pg_catalog.format('%I.%I.%I', tn.nspname, t.relname, a.attname), '') AS column_name,
       COALESCE(pg_catalog.format_type(a.atttypid, NULL), '') AS column_type
FROM pg_catalog.pg_sequence AS s
JOIN pg_catalog.pg_class AS c ON c.oid = s.seqrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN (pg_catalog.pg_depend AS d
           JOIN pg_catalog.pg_class AS t ON t.oid = d.refobjid
           JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
           JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid)
       ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')
      AND d.refclassid = d.classid AND d.refobjsubid > 0
WHERE c.relpersistence = 'p'
ORDER BY 1, 2
