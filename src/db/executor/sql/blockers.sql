-- Who blocks a session: one line of text each.
-- $1  pid of the session that waits
-- pid 0 in pg_blocking_pids() is a prepared transaction (manual 9.27.1). Without pg_read_all_stats query and age of other
-- roles' sessions are NULL.
SELECT CASE
           WHEN blocker.pid = 0 THEN
               'a prepared transaction (see pg_catalog.pg_prepared_xacts)'
           ELSE
               pg_catalog.format(
                   'pid %s (%s%s, %s%s)',
                   blocker.pid,
                   COALESCE(activity.usename, activity.backend_type, 'unknown role'),
                   COALESCE(', ' || NULLIF(activity.application_name, ''), ''),
                   COALESCE(activity.state, 'state not visible'),
                   COALESCE(', transaction open for ' || pg_catalog.round(EXTRACT(epoch FROM pg_catalog.clock_timestamp() - activity.xact_start), 1) || ' s', '')
               ) || COALESCE(': ' || pg_catalog.left(pg_catalog.regexp_replace(activity.query, '\s+', ' ', 'g'), 80), '')
       END AS blocker,
       blocker.pid
FROM (SELECT DISTINCT pid FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids($1::pg_catalog.int4)) AS pid) AS blocker
LEFT JOIN pg_catalog.pg_stat_activity AS activity ON activity.pid = blocker.pid
ORDER BY blocker.pid
