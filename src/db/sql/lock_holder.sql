-- Who holds an advisory lock of the current database, as one line of text.
-- $1  the lock's 64-bit key (pg_locks splits it: classid is the high half, objid the low one, objsubid 1; manual 54.13)
SELECT pg_catalog.format(
           '%s (pid %s%s, since %s)',
           COALESCE(NULLIF(activity.application_name, ''), 'a session'),
           held.pid,
           COALESCE(', from ' || pg_catalog.host(activity.client_addr), ''),
           pg_catalog.to_char(activity.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
       ) AS holder
FROM pg_catalog.pg_locks AS held
LEFT JOIN pg_catalog.pg_stat_activity AS activity ON activity.pid = held.pid
WHERE held.locktype = 'advisory'
  AND held.granted
  AND held.objsubid = 1
  AND held.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
  AND held.classid::pg_catalog.int8 = (($1::pg_catalog.int8 >> 32) & 4294967295)
  AND held.objid::pg_catalog.int8 = ($1::pg_catalog.int8 & 4294967295)
LIMIT 1
