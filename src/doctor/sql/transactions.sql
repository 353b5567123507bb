-- Transactions that are open for more than five minutes, and prepared ones. Of other roles' a role without pg_read_all_stats sees
-- none. $1 seconds
SELECT 'session' AS kind, pg_catalog.format('pid %s, %s, %s, from %s', a.pid, a.usename,
                                            COALESCE(NULLIF(a.application_name, ''), 'without a name'),
                                            COALESCE(a.client_addr::pg_catalog.text, 'the same machine')) AS who,
       a.pid::pg_catalog.text AS id, COALESCE(a.state, '') AS state,
       pg_catalog.date_part('epoch', pg_catalog.now() - a.xact_start) AS seconds
FROM pg_catalog.pg_stat_activity AS a
WHERE a.backend_type = 'client backend' AND a.pid <> pg_catalog.pg_backend_pid()
  AND a.xact_start < pg_catalog.now() - pg_catalog.make_interval(secs => $1::pg_catalog.float8)
UNION ALL
SELECT 'prepared', pg_catalog.format('%L, of %I in %I', p.gid, p.owner, p.database), p.gid, 'prepared',
       pg_catalog.date_part('epoch', pg_catalog.now() - p.prepared)
FROM pg_catalog.pg_prepared_xacts AS p
WHERE p.prepared < pg_catalog.now() - pg_catalog.make_interval(secs => $1::pg_catalog.float8)
ORDER BY 5 DESC
LIMIT 20
