-- The foreign keys that point to a table.
-- $1 the table's oid
SELECT n.nspname AS table_schema,
       r.relname AS table_name,
       c.conname AS name,
       pg_catalog.array_to_string(own.names, E'\x1f') AS columns,
       pg_catalog.array_to_string(referenced.names, E'\x1f') AS referenced,
       -- FOREIGN KEY (...) REFERENCES table(...) | ON DELETE ... [NOT VALID]
       pg_catalog.regexp_replace(
           pg_catalog.substr(
               pg_catalog.pg_get_constraintdef(c.oid),
               pg_catalog.length(pg_catalog.format(
                   'FOREIGN KEY (%s) REFERENCES %I.%I(%s)', pg_catalog.array_to_string(own.quoted, ', '), tn.nspname, t.relname,
                   pg_catalog.array_to_string(referenced.quoted, ', '))) + 1),
           ' NOT VALID$', '') AS tail,
       c.convalidated AS is_valid,
       c.conrelid = c.confrelid AS is_self,
       r.relkind = 'p' OR r.relispartition AS is_partitioned,
       pg_catalog.pg_has_role(r.relowner, 'USAGE') AS can_alter,
       pg_catalog.obj_description(c.oid, 'pg_constraint') AS comment
FROM pg_catalog.pg_constraint AS c
JOIN pg_catalog.pg_class AS r ON r.oid = c.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = r.relnamespace
JOIN pg_catalog.pg_class AS t ON t.oid = c.confrelid
JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
CROSS JOIN LATERAL (
    SELECT pg_catalog.array_agg(a.attname::pg_catalog.text ORDER BY k.position) AS names,
           pg_catalog.array_agg(pg_catalog.quote_ident(a.attname) ORDER BY k.position) AS quoted
    FROM pg_catalog.unnest(c.conkey) WITH ORDINALITY AS k (attnum, position)
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.attnum) AS own
CROSS JOIN LATERAL (
    SELECT pg_catalog.array_agg(a.attname::pg_catalog.text ORDER BY k.position) AS names,
           pg_catalog.array_agg(pg_catalog.quote_ident(a.attname) ORDER BY k.position) AS quoted
    FROM pg_catalog.unnest(c.confkey) WITH ORDINALITY AS k (attnum, position)
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.confrelid AND a.attnum = k.attnum) AS referenced
WHERE c.confrelid = $1::pg_catalog.oid AND c.contype = 'f' AND c.conparentid = 0
ORDER BY n.nspname, r.relname, c.conname
