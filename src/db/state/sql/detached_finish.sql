-- A detach that was interrupted is about to be finished: its time begins now, and what was to become of it stays. One that nobody
-- announced is kept. psql variable: state (the schema's name).
-- $1 oid, $2 schema, $3 name, $4 and $5 of its parent, $6 bounds, $7 detached at
INSERT INTO :"state".detached AS former (table_oid, table_schema, table_name, parent_schema, parent_name, bounds, action, detached_at,
                                         due_at, is_clean)
VALUES ($1::pg_catalog.oid, $2, $3, $4, $5, $6, 'detach', $7::pg_catalog.timestamptz, NULL, false)
ON CONFLICT (table_oid) DO UPDATE
SET detached_at = EXCLUDED.detached_at, due_at = EXCLUDED.detached_at + (former.due_at - former.detached_at), is_clean = false
