-- The indexes of some tables, and whether somebody may be building one there right now.
-- $1  the tables' oids, as an array literal
-- CREATE INDEX CONCURRENTLY shows up in pg_stat_progress_create_index (other roles' rows only with pg_read_all_stats), and always
-- holds SHARE UPDATE EXCLUSIVE on its table (manual 13.3.1).
SELECT index.indrelid AS table_oid,
       namespace.nspname AS schema,
       class.relname AS name,
       index.indisvalid AND index.indisready AS is_valid,
       COALESCE(parent.inhparent, 0::pg_catalog.oid) AS parent,
       EXISTS (
           SELECT 1 FROM pg_catalog.pg_locks AS held
           WHERE held.relation = index.indrelid AND held.locktype = 'relation' AND held.granted
             AND held.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
             AND held.mode = 'ShareUpdateExclusiveLock' AND held.pid <> pg_catalog.pg_backend_pid()
       ) OR EXISTS (
           SELECT 1 FROM pg_catalog.pg_stat_progress_create_index AS building
           WHERE building.relid = index.indrelid AND building.pid <> pg_catalog.pg_backend_pid()
       ) AS may_be_building,
       index.indexrelid AS oid
FROM pg_catalog.pg_index AS index
JOIN pg_catalog.pg_class AS class ON class.oid = index.indexrelid
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
LEFT JOIN pg_catalog.pg_inherits AS parent ON parent.inhrelid = index.indexrelid
WHERE index.indrelid = ANY ($1::pg_catalog.oid[])
ORDER BY class.relname
