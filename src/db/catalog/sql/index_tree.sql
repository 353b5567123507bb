-- A table and, when it is partitioned, all its partitions, parents before children.
-- $1  the table's name, as text that regclass reads under the current search_path
SELECT member.oid,
       namespace.nspname AS schema,
       member.relname AS name,
       member.relkind AS kind,
       CASE WHEN tree.level = 0 THEN 0::pg_catalog.oid
            ELSE COALESCE(tree.parentrelid::pg_catalog.oid, 0::pg_catalog.oid) END AS parent
FROM (SELECT pg_catalog.to_regclass($1) AS root) AS wanted
CROSS JOIN LATERAL (
    SELECT relid, parentrelid, level FROM pg_catalog.pg_partition_tree(wanted.root)
    UNION ALL
    SELECT wanted.root, NULL, 0
    WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_partition_tree(wanted.root))
) AS tree
JOIN pg_catalog.pg_class AS member ON member.oid = tree.relid::pg_catalog.oid
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = member.relnamespace
ORDER BY tree.level, namespace.nspname, member.relname
