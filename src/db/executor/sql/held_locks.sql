-- The strongest lock of another session on each relation, where it is stronger than what reading and writing rows takes.
-- $1 pid of the session
SELECT DISTINCT ON (locks.relation) namespace.nspname || '.' || class.relname AS relation, locks.mode
FROM pg_catalog.pg_locks AS locks
JOIN pg_catalog.pg_class AS class ON class.oid = locks.relation
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE locks.pid = $1::pg_catalog.int4
  AND locks.locktype = 'relation'
  AND locks.granted
  AND class.relkind IN ('r', 'p', 'm', 'v')
  AND namespace.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  AND locks.mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')
ORDER BY locks.relation,
         pg_catalog.array_position(
             ARRAY['AccessExclusiveLock', 'ExclusiveLock', 'ShareRowExclusiveLock', 'ShareLock', 'ShareUpdateExclusiveLock'],
             locks.mode)
