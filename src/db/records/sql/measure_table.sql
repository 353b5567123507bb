-- What a table takes in this hour, with all its partitions, indexes and TOAST. psql variable: state.
-- $1 schema, $2 name
INSERT INTO :"state".measurements AS former (table_schema, table_name, hour, bytes, rows, partitions)
SELECT $1::pg_catalog.text, $2::pg_catalog.text, pg_catalog.date_trunc('hour', pg_catalog.now()),
       pg_catalog.sum(pg_catalog.pg_total_relation_size(c.oid))::pg_catalog.int8,
       pg_catalog.sum(GREATEST(c.reltuples, 0)) FILTER (WHERE c.relkind <> 'p')::pg_catalog.int8,
       pg_catalog.count(*) FILTER (WHERE c.relispartition AND c.relkind <> 'p')
FROM (SELECT relid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass(pg_catalog.format('%I.%I', $1::pg_catalog.text, $2::pg_catalog.text)))
      UNION SELECT pg_catalog.to_regclass(pg_catalog.format('%I.%I', $1::pg_catalog.text, $2::pg_catalog.text))) AS tree
JOIN pg_catalog.pg_class AS c ON c.oid = tree.relid
HAVING pg_catalog.count(*) > 0
ON CONFLICT (table_schema, table_name, hour) DO UPDATE
SET bytes = EXCLUDED.bytes, rows = EXCLUDED.rows, partitions = EXCLUDED.partitions
