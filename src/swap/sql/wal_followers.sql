-- Who follows the server's WAL, and slots that nobody reads from, with what they keep: two kinds of rows, 'standby' and 'slot'.
SELECT 'standby' AS kind, COALESCE(NULLIF(application_name, ''), 'of pid ' || pid) AS name
FROM pg_catalog.pg_stat_replication
UNION ALL
SELECT 'slot', pg_catalog.format('%s (%s of WAL)', slot_name,
                                 pg_catalog.pg_size_pretty(pg_catalog.pg_current_wal_lsn() - COALESCE(confirmed_flush_lsn, restart_lsn)))
FROM pg_catalog.pg_replication_slots
WHERE NOT active AND COALESCE(confirmed_flush_lsn, restart_lsn) IS NOT NULL
ORDER BY 1, 2
