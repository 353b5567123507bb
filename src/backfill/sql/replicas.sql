-- How far the server's WAL is, and how far everybody who follows it: standbys by what they replayed, slots by what their reader
-- confirmed, in bytes. One row for the server itself, first. lag: as a standby reports it, in ms.
-- A role without pg_read_all_stats sees that there is a standby and nothing else of it (manual 28.2.4); slots are visible to all.
-- A base backup and a receiver without replay (pg_receivewal) follow in no such sense.
SELECT 'server' AS kind, '' AS name, true AS is_active, true AS is_visible,
       (pg_catalog.pg_current_wal_lsn() - '0/0'::pg_catalog.pg_lsn)::pg_catalog.int8 AS position, NULL::pg_catalog.int8 AS lag
UNION ALL
(SELECT 'standby', COALESCE(NULLIF(application_name, ''), 'of pid ' || pid), true, state IS NOT NULL,
        (replay_lsn - '0/0'::pg_catalog.pg_lsn)::pg_catalog.int8,
        (EXTRACT(epoch FROM replay_lag) * 1000)::pg_catalog.int8
 FROM pg_catalog.pg_stat_replication
 WHERE state IS NULL OR replay_lsn IS NOT NULL
 ORDER BY pid)
UNION ALL
(SELECT 'slot', slot_name::pg_catalog.text, active, true,
        (COALESCE(confirmed_flush_lsn, restart_lsn) - '0/0'::pg_catalog.pg_lsn)::pg_catalog.int8, NULL
 FROM pg_catalog.pg_replication_slots
 WHERE COALESCE(confirmed_flush_lsn, restart_lsn) IS NOT NULL
 ORDER BY slot_name)
