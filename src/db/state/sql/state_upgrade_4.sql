-- From version 3 of the state schema to version 4. psql variable: state.
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
