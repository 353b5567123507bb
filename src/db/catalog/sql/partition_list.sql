-- The partitions of a table. Nothing here takes a lock on them: pg_get_expr() would, of the relation that it is told. Lists are joined with ASCII's unit separator.
-- $1 the partitioned table's oid
SELECT n.nspname AS schema,
       c.relname AS name,
       c.oid,
       pg_catalog.pg_get_expr(c.relpartbound, 0) AS bound,
       c.relkind = 'p' AS is_partitioned,
       i.inhdetachpending AS is_detach_pending,
       c.reltuples AS rows,
       c.relpages AS pages,
       pg_catalog.array_to_string(
           COALESCE(c.reloptions, '{}')
               || COALESCE((SELECT pg_catalog.array_agg('toast.' || option) FROM pg_catalog.unnest(toast.reloptions) AS option), '{}'),
           E'\x1f') AS options,
       (SELECT pg_catalog.string_agg(k.conname, E'\x1f' ORDER BY k.conname)
        FROM pg_catalog.pg_constraint AS k
        WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.conislocal) AS checks,
       (SELECT pg_catalog.string_agg(p.pubname, E'\x1f' ORDER BY p.pubname)
        FROM pg_catalog.pg_publication_rel AS r
        JOIN pg_catalog.pg_publication AS p ON p.oid = r.prpubid
        WHERE r.prrelid = c.oid) AS publications
FROM pg_catalog.pg_inherits AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_class AS toast ON toast.oid = c.reltoastrelid
WHERE i.inhparent = $1::pg_catalog.oid
ORDER BY n.nspname, c.relname
