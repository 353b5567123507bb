-- Tables of at least 1,000 rows that were never analyzed: -1 says so (manual, pg_class.reltuples). Autovacuum never analyzes a
-- partitioned table itself, whose rows are those of its partitions.
WITH RECURSIVE rows_ (root, relid) AS (
    SELECT c.oid, c.oid
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm', 'p') AND c.reltuples = -1 AND c.relpersistence <> 't'
      AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_toast'
    UNION ALL
    SELECT rows_.root, i.inhrelid FROM rows_ JOIN pg_catalog.pg_inherits AS i ON i.inhparent = rows_.relid)
SELECT n.nspname AS schema, c.relname AS name, c.relkind = 'p' AS is_partitioned, found.live,
       pg_catalog.pg_has_role(c.relowner, 'USAGE') AS is_ours
FROM (SELECT rows_.root, pg_catalog.sum(pg_catalog.pg_stat_get_live_tuples(rows_.relid))::pg_catalog.int8 AS live
      FROM rows_ GROUP BY rows_.root) AS found
JOIN pg_catalog.pg_class AS c ON c.oid = found.root
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE found.live >= 1000
ORDER BY found.live DESC, 1, 2
LIMIT 200
