-- An index by its name.
-- $1  the index's name, as text that regclass reads under the current search_path
SELECT namespace.nspname AS schema, class.relname AS name, class.relkind = 'I' AS is_partitioned,
       table_namespace.nspname AS table_schema, table_class.relname AS table_name
FROM pg_catalog.pg_class AS class
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
JOIN pg_catalog.pg_index AS index ON index.indexrelid = class.oid
JOIN pg_catalog.pg_class AS table_class ON table_class.oid = index.indrelid
JOIN pg_catalog.pg_namespace AS table_namespace ON table_namespace.oid = table_class.relnamespace
WHERE class.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)
