-- The state schema's tables, version 4. psql variable: state (the schema's name).
CREATE SCHEMA IF NOT EXISTS :"state";

-- Which tool wrote the state, and in which form: a newer form refuses an older binary.
CREATE TABLE IF NOT EXISTS :"state".meta (
    one pg_catalog.bool PRIMARY KEY DEFAULT true CHECK (one),
    version pg_catalog.int4 NOT NULL,
    tool_version pg_catalog.text NOT NULL
);

-- One row for each migration applied, undone or adopted, in order.
CREATE TABLE IF NOT EXISTS :"state".migrations (
    id pg_catalog.int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind pg_catalog.text NOT NULL CHECK (kind IN ('V', 'R', 'U', 'baseline', 'adopted')),
    version pg_catalog.text,
    description pg_catalog.text NOT NULL,
    file pg_catalog.text NOT NULL,
    sha256 pg_catalog.text,
    sha256_tokens pg_catalog.text,
    applied_at pg_catalog.timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    applied_by pg_catalog.text NOT NULL DEFAULT SESSION_USER,
    duration_ms pg_catalog.int8,
    batch pg_catalog.int8 NOT NULL,
    tool_version pg_catalog.text NOT NULL,
    git_revision pg_catalog.text,
    locks pg_catalog.jsonb,
    undone_at pg_catalog.timestamptz,
    locked_ms pg_catalog.int8
);
CREATE UNIQUE INDEX IF NOT EXISTS migrations_version_key ON :"state".migrations (version)
    WHERE undone_at IS NULL AND kind IN ('V', 'baseline', 'adopted');
CREATE INDEX IF NOT EXISTS migrations_description_idx ON :"state".migrations (description) WHERE kind = 'R';

-- The journal of files that run a statement at a time: what is done of a file that is not, how far its batches are, and what
-- its statements locked.
CREATE TABLE IF NOT EXISTS :"state".statements (
    file pg_catalog.text NOT NULL,
    ordinal pg_catalog.int4 NOT NULL,
    sha256 pg_catalog.text NOT NULL,
    state pg_catalog.text NOT NULL CHECK (state IN ('started', 'done')),
    at pg_catalog.timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    progress pg_catalog.jsonb,
    locks pg_catalog.jsonb,
    locked_ms pg_catalog.int8,
    PRIMARY KEY (file, ordinal)
);

-- Long jobs on one table: swap, split and their like. Everything a rerun needs is in `state`.
CREATE TABLE IF NOT EXISTS :"state".jobs (
    id pg_catalog.int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind pg_catalog.text NOT NULL,
    table_schema pg_catalog.text NOT NULL,
    table_name pg_catalog.text NOT NULL,
    stage pg_catalog.text NOT NULL,
    state pg_catalog.jsonb NOT NULL,
    tool_version pg_catalog.text NOT NULL,
    created_at pg_catalog.timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    updated_at pg_catalog.timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    finished_at pg_catalog.timestamptz
);
CREATE UNIQUE INDEX IF NOT EXISTS jobs_table_key ON :"state".jobs (table_schema, table_name) WHERE finished_at IS NULL;

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

-- One row for each run of a command that changes something: written when it starts, completed when it ends. A row without an end
-- is a run that is under way, or was killed.
CREATE TABLE IF NOT EXISTS :"state".audit (
    id pg_catalog.int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    started_at pg_catalog.timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    ended_at pg_catalog.timestamptz,
    command pg_catalog.text NOT NULL,
    options pg_catalog.text NOT NULL,
    os_user pg_catalog.text NOT NULL,
    host pg_catalog.text NOT NULL,
    pid pg_catalog.int8 NOT NULL,
    db_role pg_catalog.text NOT NULL DEFAULT SESSION_USER,
    application pg_catalog.text NOT NULL,
    client_address pg_catalog.text,
    tool_version pg_catalog.text NOT NULL,
    exit_code pg_catalog.int4,
    message pg_catalog.text
);
CREATE INDEX IF NOT EXISTS audit_started_at_idx ON :"state".audit (started_at);

-- The schema as the last run left it, an object a row: what a change by hand is found by. `about`: the relation that it belongs to.
CREATE TABLE IF NOT EXISTS :"state".catalog (
    kind pg_catalog.text NOT NULL,
    name pg_catalog.text NOT NULL,
    about pg_catalog.text NOT NULL,
    definition pg_catalog.text NOT NULL
);
-- When that was, and after which row of the history.
CREATE TABLE IF NOT EXISTS :"state".catalog_record (
    one pg_catalog.bool PRIMARY KEY DEFAULT true CHECK (one),
    recorded_at pg_catalog.timestamptz NOT NULL,
    server_version pg_catalog.int4 NOT NULL,
    last_migration pg_catalog.int8 NOT NULL
);

-- Sizes of tables and rates of jobs, a row a table and hour. The database as a whole has the empty name.
CREATE TABLE IF NOT EXISTS :"state".measurements (
    table_schema pg_catalog.text NOT NULL,
    table_name pg_catalog.text NOT NULL,
    hour pg_catalog.timestamptz NOT NULL,
    bytes pg_catalog.int8,
    rows pg_catalog.int8,
    partitions pg_catalog.int8,
    job_rate pg_catalog.int8,
    job_backlog pg_catalog.int8,
    job_wait_ms pg_catalog.int8,
    PRIMARY KEY (table_schema, table_name, hour)
);
