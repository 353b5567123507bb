-- Who we are, where, and what this role may see and do. $1 the state schema
SELECT CURRENT_USER AS role,
       pg_catalog.pg_backend_pid() AS pid,
       pg_catalog.current_database() AS database,
       pg_catalog.current_setting('server_version') AS version_text,
       pg_catalog.current_setting('is_superuser') = 'on' AS is_superuser,
       pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE') AS sees_statistics,
       pg_catalog.pg_has_role('pg_read_all_settings', 'USAGE') AS sees_settings,
       pg_catalog.pg_is_in_recovery() AS is_standby,
       -- of the session; this transaction is read-only whatever it is
       pg_catalog.current_setting('default_transaction_read_only') = 'on' AS is_read_only,
       EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1) AS has_state,
       COALESCE((SELECT pg_catalog.has_schema_privilege(oid, 'USAGE') FROM pg_catalog.pg_namespace WHERE nspname = $1),
                pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')) AS may_use_state,
       pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()) AS now
