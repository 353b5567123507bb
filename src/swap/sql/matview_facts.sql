-- What a materialized view has that its columns do not tell: whether it was ever filled, how columns are stored, and whether
-- another one can be built beside it.
-- $1 its oid, $2 and $3 names that are needed in its schema for the time
SELECT c.relispopulated AS is_populated,
       pg_catalog.array_to_string(
           ARRAY(SELECT pg_catalog.format('ALTER COLUMN %I SET STORAGE %s', a.attname,
                                          CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL'
                                                            WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END)
                 FROM pg_catalog.pg_attribute AS a
                 JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
                 WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attstorage <> t.typstorage
                 ORDER BY a.attnum)
           || ARRAY(SELECT pg_catalog.format('ALTER COLUMN %I SET COMPRESSION %s', a.attname,
                                             CASE a.attcompression WHEN 'p' THEN 'pglz' ELSE 'lz4' END)
                    FROM pg_catalog.pg_attribute AS a
                    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attcompression IN ('p', 'l')
                    ORDER BY a.attnum),
           E'\x1f') AS clauses,
       pg_catalog.has_schema_privilege(c.relnamespace, 'CREATE') AND pg_catalog.has_schema_privilege(c.relowner, c.relnamespace, 'CREATE') AS may_be_built,
       COALESCE((SELECT pg_catalog.min(taken.relname) FROM pg_catalog.pg_class AS taken
                 WHERE taken.relnamespace = c.relnamespace AND taken.relname IN ($2, $3)), '') AS taken
FROM pg_catalog.pg_class AS c
WHERE c.oid = $1::pg_catalog.oid
