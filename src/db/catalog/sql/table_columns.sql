-- The columns of a table, in its order.
-- $1 the table's oid
SELECT a.attname AS name,
       pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
       a.attnotnull AS not_null,
       COALESCE(pg_catalog.pg_get_expr(d.adbin, d.adrelid), '') AS default_sql,
       a.attgenerated AS generated,
       a.attidentity AS identity,
       COALESCE(a.attstattarget, -1) AS statistics,
       -- Without the server's own book-keeping: newer minor versions keep pg_attver there, which pg_dump leaves out as well.
       pg_catalog.array_to_string(
           ARRAY(SELECT option FROM pg_catalog.unnest(a.attoptions) AS option WHERE option NOT LIKE 'pg\_%'), E'\x1f') AS options,
       pg_catalog.col_description(a.attrelid, a.attnum) AS comment
FROM pg_catalog.pg_attribute AS a
LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = $1::pg_catalog.oid AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
