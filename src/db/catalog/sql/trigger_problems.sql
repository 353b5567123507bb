-- Triggers that a partitioned table and its partitions should have, and that are missing, off, or call something else: a sentence
-- each. A foreign table has no statement triggers on TRUNCATE, a partition that is partitioned itself needs none.
-- $1 the table, $2 the table that the triggers keep, as SQL spells them: without that, or without any of the functions, no trigger is
-- expected. psql variable: expected, rows (name, function, is_row)
WITH RECURSIVE tree (relid, level) AS (  -- pg_partition_tree() would wait for locks on partitions
    SELECT pg_catalog.to_regclass($1)::pg_catalog.oid, 0
    UNION ALL
    SELECT part.oid, tree.level + 1
    FROM tree
    JOIN pg_catalog.pg_inherits AS i ON i.inhparent = tree.relid AND NOT i.inhdetachpending
    JOIN pg_catalog.pg_class AS part ON part.oid = i.inhrelid AND part.relispartition)
SELECT pg_catalog.format('trigger %I of %I.%I %s', expected.name, n.nspname, c.relname,
                         CASE WHEN t.oid IS NULL THEN 'is missing'
                              WHEN t.tgfoid IS DISTINCT FROM pg_catalog.to_regprocedure(expected.function) THEN 'calls another function'
                              WHEN t.tgenabled = 'D' THEN 'is disabled'
                              ELSE 'is not enabled ALWAYS' END) AS problem
FROM tree
JOIN pg_catalog.pg_class AS c ON c.oid = tree.relid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN (VALUES :expected) AS expected (name, function, is_row)
LEFT JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = c.oid AND t.tgname = expected.name
WHERE pg_catalog.to_regclass($2) IS NOT NULL
  AND EXISTS (SELECT FROM (VALUES :expected) AS known (name, function, is_row)
              WHERE pg_catalog.to_regprocedure(known.function) IS NOT NULL)
  AND c.relkind IN ('r', 'p')
  AND (expected.is_row OR c.relkind = 'r' OR c.oid = pg_catalog.to_regclass($1))
  AND (t.oid IS NULL OR t.tgenabled <> 'A' OR t.tgfoid IS DISTINCT FROM pg_catalog.to_regprocedure(expected.function))
ORDER BY tree.level, c.relname, expected.name
