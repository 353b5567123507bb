-- One relation as a whole: one row, or none when there is no such relation.
-- $1 schema, $2 name
SELECT c.oid,
       c.relkind AS kind,
       c.relpersistence AS persistence,
       pg_catalog.pg_get_userbyid(c.relowner) AS owner,
       CURRENT_USER AS current_role,
       pg_catalog.pg_has_role(c.relowner, 'USAGE') AS can_alter,
       pg_catalog.has_schema_privilege(c.relnamespace, 'CREATE') AS can_create_in_schema,
       (SELECT rolsuper OR rolbypassrls FROM pg_catalog.pg_roles WHERE rolname = CURRENT_USER) AS bypasses_row_security,
       c.relacl IS NOT NULL AS has_acl,
       pg_catalog.obj_description(c.oid, 'pg_class') AS comment,
       c.relrowsecurity AS row_security,
       c.relforcerowsecurity AS force_row_security,
       c.relreplident AS replica_identity,
       pg_catalog.array_to_string(
           COALESCE(c.reloptions, '{}')
               || COALESCE((SELECT pg_catalog.array_agg('toast.' || option) FROM pg_catalog.unnest(toast.reloptions) AS option), '{}'),
           E'\x1f') AS options,
       (SELECT spcname FROM pg_catalog.pg_tablespace WHERE oid = c.reltablespace) AS tablespace,
       (SELECT amname FROM pg_catalog.pg_am WHERE oid = c.relam) AS access_method,
       CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END AS partition_key,
       pg_catalog.pg_get_expr(c.relpartbound, 0) AS partition_bound,
       c.relispartition AS is_leaf,
       EXISTS (SELECT FROM pg_catalog.pg_inherits WHERE inhparent = c.oid) AS has_children,
       NOT c.relispartition AND EXISTS (SELECT FROM pg_catalog.pg_inherits WHERE inhrelid = c.oid) AS has_parents,
       c.reloftype <> 0 AS is_typed,
       COALESCE(pg_catalog.pg_relation_filenode(c.oid), 0) AS filenode,
       CASE WHEN c.relkind = 'r' THEN pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::pg_catalog.int8 ELSE 0 END AS pages,
       CASE WHEN c.relkind = 'r' THEN pg_catalog.pg_total_relation_size(c.oid) ELSE 0 END AS bytes,
       c.reltuples AS rows,
       pg_catalog.current_setting('default_statistics_target')::pg_catalog.int4 AS default_statistics
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_class AS toast ON toast.oid = c.reltoastrelid
WHERE n.nspname = $1 AND c.relname = $2
