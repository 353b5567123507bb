-- The constraints of a table (not those of others that point to it). A foreign key to a partitioned table has one more row for each
-- partition there, whose parent is a row of the same table: these come and go with the key and with the partitions.
-- $1 the table's oid
SELECT c.conname AS name,
       c.contype AS kind,
       pg_catalog.pg_get_constraintdef(c.oid) AS definition,
       pg_catalog.array_to_string(
           ARRAY(SELECT a.attname
                 FROM pg_catalog.unnest(c.conkey) WITH ORDINALITY AS k (attnum, position)
                 JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.attnum
                 ORDER BY k.position),
           E'\x1f') AS columns,
       c.convalidated AS is_valid,
       c.condeferrable AS is_deferrable,
       c.connoinherit AS no_inherit,
       COALESCE(n.nspname, '') AS references_schema,
       COALESCE(r.relname, '') AS references_name,
       c.conparentid <> 0 OR c.coninhcount > 0 AS is_inherited,
       r.oid IS NULL OR pg_catalog.has_table_privilege(r.oid, 'UPDATE, DELETE, TRUNCATE') AS can_lock,
       pg_catalog.obj_description(c.oid, 'pg_constraint') AS comment,
       COALESCE(r.relkind = 'p', false) AS references_partitioned
FROM pg_catalog.pg_constraint AS c
LEFT JOIN pg_catalog.pg_class AS r ON r.oid = c.confrelid
LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = r.relnamespace
WHERE c.conrelid = $1::pg_catalog.oid AND c.contype <> 'n'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS whole WHERE whole.oid = c.conparentid AND whole.conrelid = c.conrelid)
ORDER BY c.contype, c.conname
