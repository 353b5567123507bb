-- Does that session still hold the run lock? Divides by zero (22012) when it does not, so that a transaction which has this
-- before its COMMIT is rolled back. Once for each file that runs: what can be known before is a parameter.
-- $1  pid of the session  $2  oid of the database  $3 and $4  high and low half of the lock's 64-bit key (manual 54.13)
SELECT 1 OPERATOR(pg_catalog./) pg_catalog.count(*) AS holders
FROM pg_catalog.pg_locks AS held
WHERE held.pid OPERATOR(pg_catalog.=) $1::pg_catalog.int4
  AND held.locktype OPERATOR(pg_catalog.=) 'advisory'
  AND held.granted
  AND held.objsubid OPERATOR(pg_catalog.=) 1
  AND held.database OPERATOR(pg_catalog.=) $2::pg_catalog.oid
  AND held.classid OPERATOR(pg_catalog.=) $3::pg_catalog.oid
  AND held.objid OPERATOR(pg_catalog.=) $4::pg_catalog.oid
