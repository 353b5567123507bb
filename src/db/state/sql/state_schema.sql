-- The state schema's tables, version 2, as a new database begins with; the files after it are run on top (upgrade_tables()). psql
-- variable: state (the schema's name).
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
