-- Standbys and subscribers that read this server's WAL; what this role may not see is NULL.
SELECT COALESCE(NULLIF(r.application_name, ''), 'pid ' || r.pid) AS name, COALESCE(r.state, '') AS state,
       pg_catalog.date_part('epoch', r.replay_lag) AS lag_seconds,
       (CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn() ELSE pg_catalog.pg_current_wal_lsn() END
        - r.replay_lsn)::pg_catalog.int8 AS lag_bytes
FROM pg_catalog.pg_stat_replication AS r
ORDER BY 1
