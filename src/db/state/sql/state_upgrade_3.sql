-- From version 2 of the state schema to version 3. psql variable: state.
-- Partitions that were detached: where they belong, and what becomes of them when. One that was dropped, renamed or attached again
-- is no longer known by its oid and name.
CREATE TABLE IF NOT EXISTS :"state".detached (
    table_oid pg_catalog.oid PRIMARY KEY,
    table_schema pg_catalog.text NOT NULL,
    table_name pg_catalog.text NOT NULL,
    parent_schema pg_catalog.text NOT NULL,
    parent_name pg_catalog.text NOT NULL,
    bounds pg_catalog.text NOT NULL,
    action pg_catalog.text NOT NULL CHECK (action IN ('detach', 'drop', 'archive')),
    detached_at pg_catalog.timestamptz NOT NULL,
    due_at pg_catalog.timestamptz,
    is_clean pg_catalog.bool NOT NULL
);
