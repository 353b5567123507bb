-- The server's settings and the role's rights that a swap depends on.
-- $1 the state schema
SELECT pg_catalog.current_setting('block_size')::pg_catalog.int8 AS block_size,
       pg_catalog.current_setting('max_locks_per_transaction')::pg_catalog.int8 AS max_locks_per_transaction,
       pg_catalog.current_setting('max_connections')::pg_catalog.int8 AS max_connections,
       pg_catalog.current_setting('max_prepared_transactions')::pg_catalog.int8 AS max_prepared_transactions,
       CASE WHEN pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CONNECT')
            THEN pg_catalog.pg_database_size(pg_catalog.current_database()) ELSE 0 END AS database_bytes,
       pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE') AS sees_all_statistics,
       COALESCE((SELECT pg_catalog.has_schema_privilege(oid, 'CREATE') FROM pg_catalog.pg_namespace WHERE nspname = $1),
                pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')) AS may_make_state
