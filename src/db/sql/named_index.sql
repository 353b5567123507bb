-- An index by its name.
-- $1  the index's name, as text that regclass reads under the current search_path
SELECT class.oid, namespace.nspname, class.relname, class.relkind, index.indrelid,
       table_namespace.nspname, table_class.relname
FROM pg_catalog.pg_class AS class
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
JOIN pg_catalog.pg_index AS index ON index.indexrelid = class.oid
JOIN pg_catalog.pg_class AS table_class ON table_class.oid = index.indrelid
JOIN pg_catalog.pg_namespace AS table_namespace ON table_namespace.oid = table_class.relnamespace
WHERE class.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)
