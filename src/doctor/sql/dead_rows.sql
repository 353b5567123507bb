-- Tables in which more than a fifth of the rows, and more than 10,000, are dead, the worst first.
SELECT n.nspname AS schema, c.relname AS name, pg_catalog.pg_stat_get_live_tuples(c.oid) AS live,
       pg_catalog.pg_stat_get_dead_tuples(c.oid) AS dead,
       pg_catalog.date_part('epoch', pg_catalog.now() - GREATEST(pg_catalog.pg_stat_get_last_vacuum_time(c.oid),
                                                                 pg_catalog.pg_stat_get_last_autovacuum_time(c.oid))) AS since_vacuum,
       COALESCE((SELECT pg_catalog.lower(pg_catalog.split_part(option, '=', 2)) IN ('off', 'false', 'no', '0')
                 FROM pg_catalog.unnest(c.reloptions) AS option
                 WHERE pg_catalog.split_part(option, '=', 1) = 'autovacuum_enabled'), false) AS is_off
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND pg_catalog.pg_stat_get_dead_tuples(c.oid) > 10000
  AND pg_catalog.pg_stat_get_dead_tuples(c.oid) * 5 > pg_catalog.pg_stat_get_live_tuples(c.oid) + pg_catalog.pg_stat_get_dead_tuples(c.oid)
ORDER BY 4 DESC
LIMIT 20
