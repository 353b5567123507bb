-- Tables whose file is far larger than their rows need, by the planner's statistics: an estimate, of tables of more than 100 MB that
-- are less than half full. Those whose statistics this role may not see are not judged.
-- A row: 28 bytes of header and pointer, its columns' average widths, 4 bytes of padding. A page: its size less 24 bytes of header.
SELECT found.schema, found.name, found.bytes, found.needed
FROM (SELECT n.nspname AS schema, c.relname AS name,
             c.relpages::pg_catalog.int8 * size.block AS bytes,
             (pg_catalog.ceil(c.reltuples * (32 + columns_.width) / (size.block - 24)
                              * 100 / COALESCE((SELECT pg_catalog.split_part(option, '=', 2)::pg_catalog.numeric
                                                FROM pg_catalog.unnest(c.reloptions) AS option
                                                WHERE pg_catalog.split_part(option, '=', 1) = 'fillfactor'), 100))
              * size.block)::pg_catalog.int8 AS needed
      FROM pg_catalog.pg_class AS c
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      CROSS JOIN (SELECT pg_catalog.current_setting('block_size')::pg_catalog.int8 AS block) AS size
      CROSS JOIN LATERAL (SELECT pg_catalog.sum(s.avg_width * (1 - s.null_frac)) AS width
                          FROM pg_catalog.pg_stats AS s
                          WHERE s.schemaname = n.nspname AND s.tablename = c.relname AND NOT s.inherited) AS columns_
      WHERE c.relkind IN ('r', 'm')
        AND c.reltuples > 0
        AND c.relpages::pg_catalog.int8 * size.block > 104857600
        AND n.nspname NOT IN ('pg_catalog', 'information_schema')
        AND columns_.width IS NOT NULL) AS found
WHERE found.needed * 2 < found.bytes
ORDER BY found.bytes - found.needed DESC
LIMIT 20
