-- How large partitions are, those of partitions added up, and when they were last vacuumed and analyzed.
-- $1 their oids, joined with ASCII's unit separator
SELECT listed.oid,
       COALESCE(pg_catalog.sum(pg_catalog.pg_relation_size(leaf.relid)), 0)::pg_catalog.int8
           / pg_catalog.current_setting('block_size')::pg_catalog.int8 AS pages,
       COALESCE(pg_catalog.sum(pg_catalog.pg_total_relation_size(leaf.relid)), 0)::pg_catalog.int8 AS bytes,
       pg_catalog.to_char(pg_catalog.max(GREATEST(seen.last_vacuum, seen.last_autovacuum)) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS last_vacuum,
       pg_catalog.to_char(pg_catalog.max(GREATEST(seen.last_analyze, seen.last_autoanalyze)) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS last_analyze
FROM pg_catalog.unnest(pg_catalog.string_to_array($1, E'\x1f')::pg_catalog._oid) AS listed (oid)
CROSS JOIN LATERAL pg_catalog.pg_partition_tree(listed.oid::pg_catalog.regclass) AS leaf
LEFT JOIN pg_catalog.pg_stat_all_tables AS seen ON seen.relid = leaf.relid
GROUP BY listed.oid
