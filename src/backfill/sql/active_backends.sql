-- Clients' sessions that run something now, on the whole server, and those of which this role can't see whether they do.
-- tripmig's own do not count. Without pg_read_all_stats backend_type and state of other roles' sessions are NULL (manual 28.2.3).
SELECT pg_catalog.count(*) FILTER (WHERE backend_type = 'client backend' AND state IN ('active', 'fastpath function call')
                                     AND application_name NOT LIKE 'tripmig%') AS active,
       pg_catalog.count(*) FILTER (WHERE backend_type IS NULL) AS hidden
FROM pg_catalog.pg_stat_activity
WHERE pid <> pg_catalog.pg_backend_pid()
