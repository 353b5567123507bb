-- What a database contains, one line each: kind, name, count, checksum. The same for a database and its restored dump.
-- Run by psql, within the snapshot of the dump.
SET search_path = pg_catalog;
SET timezone = 'UTC';
SET datestyle = 'ISO, MDY';
SET intervalstyle = 'postgres';
SET extra_float_digits = 3;
SET bytea_output = 'hex';
SET lc_monetary = 'C';
SET row_security = off;
\pset format unaligned
\pset tuples_only on
\pset fieldsep '\t'

-- Rows, with the checksum of each added up: their order does not count.
SELECT format('SELECT ''table'', %L, count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM ONLY %I.%I AS t', n.nspname || '.' || c.relname,
              n.nspname, c.relname)
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm')
  AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"
\gexec

-- Everything else by number. Invalid indexes are not dumped.
WITH object AS (
    SELECT 'partitioned table' AS kind, c.relnamespace AS namespace, 'pg_class'::regclass AS catalog, c.oid FROM pg_class AS c WHERE c.relkind = 'p'
    UNION ALL SELECT 'partition', c.relnamespace, 'pg_class'::regclass, c.oid FROM pg_class AS c WHERE c.relispartition AND c.relkind IN ('r', 'p', 'f')
    UNION ALL SELECT 'view', c.relnamespace, 'pg_class'::regclass, c.oid FROM pg_class AS c WHERE c.relkind IN ('v', 'm')
    UNION ALL SELECT 'sequence', c.relnamespace, 'pg_class'::regclass, c.oid FROM pg_class AS c WHERE c.relkind = 'S'
    UNION ALL SELECT 'index', c.relnamespace, 'pg_class'::regclass, c.oid
              FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid WHERE i.indisvalid
    UNION ALL SELECT 'constraint', s.connamespace, 'pg_constraint'::regclass, s.oid FROM pg_constraint AS s WHERE s.contype IN ('c', 'f', 'p', 'u', 'x')
    UNION ALL SELECT 'trigger', c.relnamespace, 'pg_trigger'::regclass, t.oid FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal
    UNION ALL SELECT 'function', p.pronamespace, 'pg_proc'::regclass, p.oid FROM pg_proc AS p
    UNION ALL SELECT 'grant', c.relnamespace, 'pg_class'::regclass, c.oid FROM pg_class AS c, aclexplode(c.relacl) AS a WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S')
)
SELECT 'objects', o.kind, count(*), 0
FROM object AS o
JOIN pg_namespace AS n ON n.oid = o.namespace
WHERE n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = o.catalog AND d.objid = o.oid AND d.deptype = 'e')
GROUP BY o.kind
ORDER BY o.kind COLLATE "C";
