-- Whether WAL is archived, and how that went last.
SELECT archived_count AS archived, failed_count AS failed,
       pg_catalog.date_part('epoch', pg_catalog.now() - last_archived_time) AS since_archived,
       pg_catalog.date_part('epoch', pg_catalog.now() - last_failed_time) AS since_failed,
       COALESCE(last_failed_wal, '') AS failed_wal
FROM pg_catalog.pg_stat_archiver
