-- Connections in use on the whole server, and how well this database's reads were served from shared_buffers since its statistics began.
SELECT (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity WHERE backend_type = 'client backend') AS connections,
       COALESCE(d.blks_hit, 0) AS hits, COALESCE(d.blks_read, 0) AS reads
FROM pg_catalog.pg_stat_database AS d
WHERE d.datname = pg_catalog.current_database()
