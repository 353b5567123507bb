-- Sessions of this database that wait for a lock for more than $1 seconds, and whom they wait for.
SELECT w.pid, pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - w.waitstart) AS seconds, w.mode,
       COALESCE((SELECT pg_catalog.format('%I.%I', n.nspname, c.relname)
                 FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
                 WHERE c.oid = w.relation), w.locktype) AS what,
       (SELECT pg_catalog.string_agg(DISTINCT pg_catalog.format('pid %s (%s)', blocker, COALESCE(a.usename, 'gone')), ', ')
        FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids(w.pid)) AS blocker
        LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = blocker) AS blockers
FROM pg_catalog.pg_locks AS w
WHERE NOT w.granted AND w.waitstart < pg_catalog.clock_timestamp() - pg_catalog.make_interval(secs => $1::pg_catalog.float8)
  AND (w.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()) OR w.database IS NULL OR w.database = 0)
ORDER BY w.waitstart
LIMIT 20
