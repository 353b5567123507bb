-- The statements of this database that took the most time in all, and of how many the text is hidden from this role.
-- psql variable: statistics (the schema of pg_stat_statements).
SELECT s.query, s.calls, s.mean_exec_time AS mean_ms, s.total_exec_time AS total_ms,
       pg_catalog.count(*) FILTER (WHERE s.query = '<insufficient privilege>') OVER () AS hidden
FROM :"statistics".pg_stat_statements AS s
WHERE s.dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
ORDER BY s.total_exec_time DESC
LIMIT 200
