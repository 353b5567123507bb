-- The indexes of a table.
-- $1 the table's oid
SELECT n.nspname AS schema,
       ic.relname AS name,
       -- CREATE [UNIQUE] INDEX name ON [ONLY] table | USING ...
       pg_catalog.substr(
           pg_catalog.pg_get_indexdef(i.indexrelid),
           pg_catalog.length(pg_catalog.format(
               'CREATE %sINDEX %I ON %s%I.%I ', CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END, ic.relname,
               CASE WHEN ic.relkind = 'I' THEN 'ONLY ' ELSE '' END, n.nspname, tc.relname)) + 1) AS tail,
       pg_catalog.array_to_string(
           ARRAY(SELECT COALESCE(a.attname, '')
                 FROM pg_catalog.unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY AS k (attnum, position)
                 LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum <> 0
                 WHERE k.position <= i.indnkeyatts
                 ORDER BY k.position),
           E'\x1f') AS columns,
       i.indisunique AS is_unique,
       i.indisprimary AS is_primary,
       i.indisvalid AND i.indisready AS is_valid,
       EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conindid = i.indexrelid AND contype IN ('p', 'u', 'x')) AS is_constraint,
       i.indpred IS NOT NULL AS is_partial,
       i.indnatts > i.indnkeyatts AS has_included,
       i.indisreplident AS is_replica_identity,
       i.indisclustered AS is_clustered,
       COALESCE((SELECT spcname FROM pg_catalog.pg_tablespace WHERE oid = ic.reltablespace), '') AS tablespace,
       pg_catalog.array_to_string(
           ARRAY(SELECT a.attnum || '=' || a.attstattarget
                 FROM pg_catalog.pg_attribute AS a
                 WHERE a.attrelid = i.indexrelid AND a.attstattarget >= 0
                 ORDER BY a.attnum),
           E'\x1f') AS statistics,
       pg_catalog.obj_description(i.indexrelid, 'pg_class') AS comment
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS ic ON ic.oid = i.indexrelid
JOIN pg_catalog.pg_class AS tc ON tc.oid = i.indrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = ic.relnamespace
WHERE i.indrelid = $1::pg_catalog.oid
ORDER BY ic.relname
