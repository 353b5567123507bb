-- What this session's transaction holds and has read, and which file each relation is in.
-- what: a lock's mode, a relation's name, how often it was scanned.
-- $1 the schema of tripmig's own tables, which are left out
SELECT 'lock' AS kind, lock.relation::pg_catalog.text AS oid, lock.mode AS what, NULL::pg_catalog.text AS filenode
FROM pg_catalog.pg_locks AS lock
WHERE lock.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()
  AND lock.locktype OPERATOR(pg_catalog.=) 'relation'
  AND lock.granted
UNION ALL
SELECT CASE WHEN class.relkind IN ('r', 'p') THEN 'table' ELSE 'view' END,
       class.oid::pg_catalog.text,
       CASE WHEN namespace.nspname OPERATOR(pg_catalog.=) 'public' THEN pg_catalog.quote_ident(class.relname)
            ELSE pg_catalog.format('%I.%I', namespace.nspname, class.relname) END,
       pg_catalog.pg_relation_filenode(class.oid)::pg_catalog.text
FROM pg_catalog.pg_class AS class
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid OPERATOR(pg_catalog.=) class.relnamespace
WHERE class.relkind IN ('r', 'p', 'm', 'v', 'f')
  AND class.relpersistence OPERATOR(pg_catalog.<>) 't'
  AND namespace.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', $1)
UNION ALL
SELECT 'scan', scan.relid::pg_catalog.text, scan.seq_scan::pg_catalog.text, NULL::pg_catalog.text
FROM pg_catalog.pg_stat_xact_user_tables AS scan
WHERE scan.seq_scan OPERATOR(pg_catalog.>) 0
