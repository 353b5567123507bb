-- A partition is about to be detached, or is. psql variable: state (the schema's name).
-- $1 oid, $2 schema, $3 name, $4 and $5 of its parent, $6 bounds, $7 action, $8 detached at, $9 due at or NULL, $10 is clean
INSERT INTO :"state".detached AS former (table_oid, table_schema, table_name, parent_schema, parent_name, bounds, action, detached_at,
                                         due_at, is_clean)
VALUES ($1::pg_catalog.oid, $2, $3, $4, $5, $6, $7, $8::pg_catalog.timestamptz, $9::pg_catalog.timestamptz, $10::pg_catalog.bool)
ON CONFLICT (table_oid) DO UPDATE
SET table_schema = EXCLUDED.table_schema, table_name = EXCLUDED.table_name, parent_schema = EXCLUDED.parent_schema,
    parent_name = EXCLUDED.parent_name, bounds = EXCLUDED.bounds, action = EXCLUDED.action, detached_at = EXCLUDED.detached_at,
    due_at = EXCLUDED.due_at, is_clean = EXCLUDED.is_clean
