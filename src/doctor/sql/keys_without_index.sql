-- Foreign keys whose columns are not the first ones of any index of their table: each DELETE or UPDATE of a referenced key reads the
-- whole referencing table.
SELECT n.nspname AS schema, c.relname AS name, k.conname AS constraint_name, GREATEST(c.reltuples, 0)::pg_catalog.int8 AS rows,
       pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY key.place) AS columns_,
       pg_catalog.format('%I.%I', rn.nspname, r.relname) AS target, c.relkind = 'p' AS is_partitioned
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class AS r ON r.oid = k.confrelid
JOIN pg_catalog.pg_namespace AS rn ON rn.oid = r.relnamespace
CROSS JOIN LATERAL pg_catalog.unnest(k.conkey) WITH ORDINALITY AS key (attnum, place)
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = key.attnum
WHERE k.contype = 'f' AND k.conparentid = 0
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_index AS x
                  WHERE x.indrelid = k.conrelid AND x.indisvalid AND x.indpred IS NULL
                    AND (x.indkey::pg_catalog.int2[])[0:pg_catalog.cardinality(k.conkey) - 1] @> k.conkey)
GROUP BY n.nspname, c.relname, k.oid, k.conname, c.reltuples, rn.nspname, r.relname, c.relkind
ORDER BY 4 DESC, 1, 2, 3
LIMIT 200
