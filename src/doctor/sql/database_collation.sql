-- The same of the database's own collation (since PostgreSQL 15). No row: nothing changed, or no version is recorded.
SELECT d.datcollversion AS recorded, pg_catalog.pg_database_collation_actual_version(d.oid) AS actual
FROM pg_catalog.pg_database AS d
WHERE d.datname = pg_catalog.current_database()
  AND d.datcollversion <> pg_catalog.pg_database_collation_actual_version(d.oid)
