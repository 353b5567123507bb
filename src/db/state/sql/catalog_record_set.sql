-- The schema was recorded now. psql variable: state.
INSERT INTO :"state".catalog_record (recorded_at, server_version, last_migration)
SELECT pg_catalog.clock_timestamp(), pg_catalog.current_setting('server_version_num')::pg_catalog.int4,
       (SELECT COALESCE(pg_catalog.max(m.id), 0) FROM :"state".migrations AS m)
ON CONFLICT (one) DO UPDATE
SET recorded_at = EXCLUDED.recorded_at, server_version = EXCLUDED.server_version, last_migration = EXCLUDED.last_migration
