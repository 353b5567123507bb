-- What a statement's table and the column that its rows are taken by are. No row: there is no such table.
-- $1 the table's name, quoted, read under the session's search_path  $2 the column's name
-- Ranges are found by the column's own order, so it must lead a valid btree index that has every row (manual 11.2, 11.8).
SELECT class.relkind IN ('r', 'p') AS is_table,
       column_.attname IS NOT NULL AS has_column,
       COALESCE(column_.attnotnull, false) AS not_null,
       COALESCE(pg_catalog.format_type(column_.atttypid, column_.atttypmod), '') AS type,
       COALESCE(base.typname::pg_catalog.text, '') AS base_type,
       EXISTS (SELECT
               FROM pg_catalog.pg_index AS index
               JOIN pg_catalog.pg_class AS index_class ON index_class.oid OPERATOR(pg_catalog.=) index.indexrelid
               JOIN pg_catalog.pg_am AS method ON method.oid OPERATOR(pg_catalog.=) index_class.relam
               WHERE index.indrelid OPERATOR(pg_catalog.=) class.oid
                 AND index.indkey[0] OPERATOR(pg_catalog.=) column_.attnum
                 AND index.indisvalid
                 AND index.indpred IS NULL
                 AND method.amname OPERATOR(pg_catalog.=) 'btree') AS leads_index,
       (SELECT COALESCE(pg_catalog.sum(part.reltuples) FILTER (WHERE part.reltuples OPERATOR(pg_catalog.>) 0), 0)::pg_catalog.int8
        FROM pg_catalog.pg_class AS part
        WHERE part.oid OPERATOR(pg_catalog.=) class.oid
           OR part.oid IN (SELECT tree.relid FROM pg_catalog.pg_partition_tree(class.oid) AS tree)) AS rows
FROM pg_catalog.pg_class AS class
LEFT JOIN pg_catalog.pg_attribute AS column_
    ON column_.attrelid OPERATOR(pg_catalog.=) class.oid
   AND column_.attname OPERATOR(pg_catalog.=) $2::pg_catalog.name
   AND column_.attnum OPERATOR(pg_catalog.>) 0
   AND NOT column_.attisdropped
LEFT JOIN pg_catalog.pg_type AS base ON base.oid OPERATOR(pg_catalog.=) column_.atttypid
WHERE class.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)
