-- Who could still read the table as it was before a transaction: sessions of this database whose snapshot may be older, as one line
-- of text each.
-- $1 that transaction's id (xid8)
-- backend_xmin has 32 bits; it is compared by its age against the newest transaction. Vacuum and ANALYZE read nothing for anybody.
-- Without pg_read_all_stats the kind of other roles' sessions is NULL (their backend_xmin is not): such a one is somebody's.
SELECT pg_catalog.format('pid %s (%s%s, %s)%s', pid, COALESCE(usename, backend_type), COALESCE(', ' || NULLIF(application_name, ''), ''),
                         COALESCE(state || COALESCE(', transaction open for ' || pg_catalog.round(EXTRACT(epoch FROM pg_catalog.clock_timestamp() - xact_start), 1) || ' s', ''), 'state not visible'),
                         COALESCE(': ' || pg_catalog.left(pg_catalog.regexp_replace(NULLIF(query, ''), '\s+', ' ', 'g'), 80), '')) AS reader
FROM pg_catalog.pg_stat_activity
WHERE datname = pg_catalog.current_database()
  AND COALESCE(backend_type NOT IN ('autovacuum worker', 'parallel worker', 'walsender'), usesysid IS NOT NULL)
  AND pid <> pg_catalog.pg_backend_pid()
  AND backend_xmin IS NOT NULL
  AND pg_catalog.age(backend_xmin) >= (pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::pg_catalog.text::pg_catalog.int8
                                       - $1::pg_catalog.int8)
ORDER BY 1
