-- Each partitioned table that is no partition itself: how many partitions it has, on all levels, and how many locks a query takes
-- that reads all of them: one for each table, and one for each of its indexes. Its key's columns, as a list; expressions are left out.
WITH RECURSIVE tree (root, relid) AS (  -- pg_partition_tree() would wait for locks on partitions
    SELECT oid, oid FROM pg_catalog.pg_class WHERE relkind = 'p' AND NOT relispartition
    UNION ALL
    SELECT tree.root, i.inhrelid
    FROM tree JOIN pg_catalog.pg_inherits AS i ON i.inhparent = tree.relid)
SELECT n.nspname AS schema, c.relname AS name, found.partitions, found.locks,
       (SELECT pg_catalog.string_agg(a.attname::pg_catalog.text, pg_catalog.chr(31) ORDER BY key.place)
        FROM pg_catalog.pg_partitioned_table AS p
        CROSS JOIN LATERAL pg_catalog.unnest(p.partattrs::pg_catalog.int2[]) WITH ORDINALITY AS key (attnum, place)
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = p.partrelid AND a.attnum = key.attnum
        WHERE p.partrelid = c.oid) AS key
FROM (SELECT tree.root, pg_catalog.count(*) FILTER (WHERE member.relkind <> 'p') AS partitions,
             pg_catalog.count(*) + pg_catalog.sum((SELECT pg_catalog.count(*) FROM pg_catalog.pg_index AS x
                                                   WHERE x.indrelid = tree.relid AND member.relkind <> 'p'))::pg_catalog.int8 AS locks
      FROM tree
      JOIN pg_catalog.pg_class AS member ON member.oid = tree.relid
      GROUP BY tree.root) AS found
JOIN pg_catalog.pg_class AS c ON c.oid = found.root
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE found.partitions > 0
ORDER BY found.locks DESC, 1, 2
