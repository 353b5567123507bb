-- The triggers that people made on a table. tgtype: 1 row, 2 before, 4 insert, 8 delete, 16 update, 32 truncate.
-- $1 the table's oid
SELECT t.tgname AS name,
       pg_catalog.pg_get_triggerdef(t.oid) AS definition,
       t.tgenabled AS enabled,
       (t.tgtype & 1) <> 0 AS is_row,
       (t.tgtype & 2) <> 0 AS is_before,
       (t.tgtype & 4) <> 0 AS on_insert,
       (t.tgtype & 8) <> 0 AS on_delete,
       (t.tgtype & 16) <> 0 AS on_update,
       (t.tgtype & 32) <> 0 AS on_truncate,
       t.tgoldtable IS NOT NULL OR t.tgnewtable IS NOT NULL AS has_transition_tables,
       t.tgfoid::pg_catalog.regproc AS function,
       COALESCE(p.prosrc, '') AS function_source,
       t.tgparentid <> 0 AS is_inherited,
       pg_catalog.obj_description(t.oid, 'pg_trigger') AS comment
FROM pg_catalog.pg_trigger AS t
JOIN pg_catalog.pg_proc AS p ON p.oid = t.tgfoid
WHERE t.tgrelid = $1::pg_catalog.oid AND NOT t.tgisinternal
ORDER BY t.tgname
