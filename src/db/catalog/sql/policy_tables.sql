-- The tables of partition policies, a row for each that exists. Nothing here takes a lock on them.
-- $1 schemas, $2 names, $3 names of their registries: lists of one length, joined with ASCII's unit separator
SELECT listed.position,
       c.oid,
       c.relkind,
       p.partstrat AS strategy,
       pg_catalog.array_to_string(
           ARRAY(SELECT COALESCE(a.attname::pg_catalog.text, '')
                 FROM pg_catalog.unnest(p.partattrs::pg_catalog.int2[]) WITH ORDINALITY AS k (attnum, position)
                 LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.attnum AND k.attnum <> 0
                 ORDER BY k.position),
           E'\x1f') AS key_columns,
       COALESCE((SELECT pg_catalog.format_type(a.atttypid, NULL)
                 FROM pg_catalog.pg_attribute AS a
                 WHERE a.attrelid = c.oid AND a.attnum = p.partattrs[0] AND p.partattrs[0] <> 0), '') AS key_type,
       EXISTS (SELECT FROM pg_catalog.pg_class AS r WHERE r.relnamespace = c.relnamespace AND r.relname = listed.registry) AS has_registry
FROM ROWS FROM (pg_catalog.unnest(pg_catalog.string_to_array($1, E'\x1f')), pg_catalog.unnest(pg_catalog.string_to_array($2, E'\x1f')),
                pg_catalog.unnest(pg_catalog.string_to_array($3, E'\x1f'))) WITH ORDINALITY AS listed (nspname, relname, registry, position)
JOIN pg_catalog.pg_namespace AS n ON n.nspname = listed.nspname
JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = listed.relname
LEFT JOIN pg_catalog.pg_partitioned_table AS p ON p.partrelid = c.oid
