-- The triggers that people made on a table. tgtype: 1 row, 2 before, 4 insert, 8 delete, 16 update, 32 truncate.
-- $1 the table's oid
SELECT t.tgname,
       pg_catalog.pg_get_triggerdef(t.oid),
       t.tgenabled,
       (t.tgtype & 1) <> 0,
       (t.tgtype & 2) <> 0,
       (t.tgtype & 4) <> 0,
       (t.tgtype & 8) <> 0,
       (t.tgtype & 16) <> 0,
       (t.tgtype & 32) <> 0,
       t.tgoldtable IS NOT NULL OR t.tgnewtable IS NOT NULL,
       t.tgfoid::pg_catalog.regproc,
       COALESCE(p.prosrc, ''),
       t.tgparentid <> 0,
       pg_catalog.obj_description(t.oid, 'pg_trigger')
FROM pg_catalog.pg_trigger AS t
JOIN pg_catalog.pg_proc AS p ON p.oid = t.tgfoid
WHERE t.tgrelid = $1::pg_catalog.oid AND NOT t.tgisinternal
ORDER BY t.tgname
