-- Tables that another migration tool may keep its history in, by their names, with their columns and types.
-- $1 table names, separated by U+001F  $2 schema, or NULL for all
SELECT namespace.nspname AS schema,
       class.relname AS name,
       (SELECT pg_catalog.string_agg(pg_catalog.concat(attribute.attname, ' ', pg_catalog.format_type(attribute.atttypid, NULL)),
                                     E'\x1f' ORDER BY attribute.attnum)
        FROM pg_catalog.pg_attribute AS attribute
        WHERE attribute.attrelid = class.oid AND attribute.attnum > 0 AND NOT attribute.attisdropped) AS columns
FROM pg_catalog.pg_class AS class
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE class.relkind IN ('r', 'p')
  AND class.relname = ANY (pg_catalog.string_to_array($1, E'\x1f'))
  AND (CAST($2 AS pg_catalog.text) IS NULL OR namespace.nspname = CAST($2 AS pg_catalog.text))
  AND namespace.nspname OPERATOR(pg_catalog.!~) '^pg_'
ORDER BY namespace.nspname, class.relname
