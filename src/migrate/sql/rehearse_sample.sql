-- The relations that another session has locked, or waits for.
-- $1 its process id
SELECT lock.relation::pg_catalog.text AS oid, lock.mode, lock.granted
FROM pg_catalog.pg_locks AS lock
WHERE lock.pid OPERATOR(pg_catalog.=) $1::pg_catalog.int4
  AND lock.locktype OPERATOR(pg_catalog.=) 'relation'
