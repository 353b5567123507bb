-- How many transactions have ended on the server since its statistics were reset, tripmig's own among them. Everybody may read it.
SELECT COALESCE(pg_catalog.sum(xact_commit + xact_rollback), 0)::pg_catalog.int8 FROM pg_catalog.pg_stat_database
