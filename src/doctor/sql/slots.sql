-- Replication slots, and how much WAL each makes the server keep.
SELECT s.slot_name AS name, s.active AS is_active, COALESCE(s.wal_status, '') AS wal_status,
       (CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn() ELSE pg_catalog.pg_current_wal_lsn() END
        - COALESCE(s.restart_lsn, s.confirmed_flush_lsn))::pg_catalog.int8 AS kept
FROM pg_catalog.pg_replication_slots AS s
WHERE NOT s.temporary
ORDER BY 1
