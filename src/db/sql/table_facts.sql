-- One relation as a whole: one row, or none when there is no such relation.
-- $1 schema, $2 name
SELECT c.oid,
       c.relkind,
       c.relpersistence,
       pg_catalog.pg_get_userbyid(c.relowner),
       CURRENT_USER,
       pg_catalog.pg_has_role(c.relowner, 'USAGE'),
       pg_catalog.has_schema_privilege(c.relnamespace, 'CREATE'),
       (SELECT rolsuper OR rolbypassrls FROM pg_catalog.pg_roles WHERE rolname = CURRENT_USER),
       c.relacl IS NOT NULL,
       pg_catalog.obj_description(c.oid, 'pg_class'),
       c.relrowsecurity,
       c.relforcerowsecurity,
       c.relreplident,
       pg_catalog.array_to_string(
           COALESCE(c.reloptions, '{}')
               || COALESCE((SELECT pg_catalog.array_agg('toast.' || option) FROM pg_catalog.unnest(toast.reloptions) AS option), '{}'),
           E'\x1f'),
       (SELECT spcname FROM pg_catalog.pg_tablespace WHERE oid = c.reltablespace),
       (SELECT amname FROM pg_catalog.pg_am WHERE oid = c.relam),
       CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END,
       pg_catalog.pg_get_expr(c.relpartbound, c.oid),
       c.relispartition,
       EXISTS (SELECT FROM pg_catalog.pg_inherits WHERE inhparent = c.oid),
       NOT c.relispartition AND EXISTS (SELECT FROM pg_catalog.pg_inherits WHERE inhrelid = c.oid),
       c.reloftype <> 0,
       COALESCE(pg_catalog.pg_relation_filenode(c.oid), 0),
       CASE WHEN c.relkind = 'r' THEN pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::pg_catalog.int8 ELSE 0 END,
       CASE WHEN c.relkind = 'r' THEN pg_catalog.pg_total_relation_size(c.oid) ELSE 0 END,
       c.reltuples,
       pg_catalog.current_setting('default_statistics_target')::pg_catalog.int4
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_class AS toast ON toast.oid = c.reltoastrelid
WHERE n.nspname = $1 AND c.relname = $2
