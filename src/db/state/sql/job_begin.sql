-- A new job. psql variable: state (the schema's name).
-- $1 kind, $2 schema, $3 name, $4 stage, $5 state (JSON), $6 version of the tool
INSERT INTO :"state".jobs (kind, table_schema, table_name, stage, state, tool_version)
VALUES ($1, $2, $3, $4, $5::pg_catalog.jsonb, $6)
RETURNING id
