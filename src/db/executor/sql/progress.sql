-- How far the server says that a session's statement is (manual 28.4). At most one row.
-- $1 pid of the session
-- total 0: not known
-- The phases of an index name their work: "building index: scanning table" does so by itself, "initializing" does not.
SELECT CASE WHEN phase ~ '^(building index|index validation)' THEN phase ELSE 'building index: ' || phase END AS phase,
       CASE WHEN tuples_total > 0 THEN 'rows' ELSE 'blocks' END AS unit,
       CASE WHEN tuples_total > 0 THEN tuples_done ELSE blocks_done END AS done,
       -- The counts of one phase stay while the next one sorts, which counts nothing.
       CASE WHEN phase ~ 'sorting' THEN 0 WHEN tuples_total > 0 THEN tuples_total ELSE blocks_total END AS total,
       pg_catalog.current_setting('block_size')::pg_catalog.int8 AS block_size
FROM pg_catalog.pg_stat_progress_create_index
WHERE pid = $1::pg_catalog.int4
UNION ALL
-- Of a partitioned table: itself, by its partitions. What follows, each of them as a table of its own, has no line.
SELECT CASE WHEN relation.relkind = 'p' THEN 'sampling' ELSE phase END,
       CASE WHEN relation.relkind = 'p' THEN 'partitions' ELSE 'blocks' END,
       CASE WHEN relation.relkind = 'p' THEN child_tables_done ELSE sample_blks_scanned END,
       CASE WHEN relation.relkind = 'p' THEN child_tables_total ELSE sample_blks_total END,
       pg_catalog.current_setting('block_size')::pg_catalog.int8
FROM pg_catalog.pg_stat_progress_analyze AS progress
LEFT JOIN pg_catalog.pg_class AS relation ON relation.oid = progress.relid
WHERE pid = $1::pg_catalog.int4 AND relation.relispartition IS DISTINCT FROM true
UNION ALL
SELECT phase, 'blocks', heap_blks_scanned, heap_blks_total, pg_catalog.current_setting('block_size')::pg_catalog.int8
FROM pg_catalog.pg_stat_progress_vacuum
WHERE pid = $1::pg_catalog.int4
UNION ALL
SELECT phase, 'blocks', heap_blks_scanned, heap_blks_total, pg_catalog.current_setting('block_size')::pg_catalog.int8
FROM pg_catalog.pg_stat_progress_cluster
WHERE pid = $1::pg_catalog.int4
LIMIT 1
