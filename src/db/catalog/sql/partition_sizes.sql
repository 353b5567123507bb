-- How large partitions are, those of partitions added up, how many rows they have, and when they were last vacuumed and analyzed. Rows
-- are the planner's estimate, or what the statistics collector counted where there is none; NULL for a foreign table without either.
-- $1 their oids, joined with ASCII's unit separator
WITH RECURSIVE listed AS MATERIALIZED (
    SELECT c.oid, c.relkind, c.reltuples
    FROM pg_catalog.unnest(pg_catalog.string_to_array($1, E'\x1f')::pg_catalog._oid) AS wanted (oid)
    JOIN pg_catalog.pg_class AS c ON c.oid = wanted.oid
), tree (oid, relid, reltuples, relkind) AS (  -- pg_partition_tree() would lock all of them
    SELECT listed.oid, listed.oid, listed.reltuples, listed.relkind FROM listed
    UNION ALL
    SELECT tree.oid, c.oid, c.reltuples, c.relkind
    FROM tree
    JOIN pg_catalog.pg_inherits AS i ON i.inhparent = tree.relid AND NOT i.inhdetachpending
    JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
    WHERE tree.relkind = 'p'
), member AS (
    SELECT tree.oid, tree.relid, tree.reltuples, tree.relkind FROM tree WHERE tree.relkind <> 'p'
)
SELECT member.oid,
       COALESCE(pg_catalog.sum(pg_catalog.pg_relation_size(member.relid)), 0)::pg_catalog.int8
           / pg_catalog.current_setting('block_size')::pg_catalog.int8 AS pages,
       COALESCE(pg_catalog.sum(pg_catalog.pg_total_relation_size(member.relid)), 0)::pg_catalog.int8 AS bytes,
       pg_catalog.to_char(
           pg_catalog.max(GREATEST(pg_catalog.pg_stat_get_last_vacuum_time(member.relid), pg_catalog.pg_stat_get_last_autovacuum_time(member.relid)))
               AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS last_vacuum,
       pg_catalog.to_char(
           pg_catalog.max(GREATEST(pg_catalog.pg_stat_get_last_analyze_time(member.relid), pg_catalog.pg_stat_get_last_autoanalyze_time(member.relid)))
               AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS last_analyze,
       pg_catalog.sum(CASE WHEN member.reltuples >= 0 THEN member.reltuples::pg_catalog.int8
                           WHEN member.relkind = 'r' THEN pg_catalog.pg_stat_get_live_tuples(member.relid) END)::pg_catalog.int8 AS rows
FROM member
GROUP BY member.oid
