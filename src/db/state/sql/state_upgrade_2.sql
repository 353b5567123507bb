-- From version 1 of the state schema to version 2. psql variable: state.
ALTER TABLE :"state".migrations ADD COLUMN IF NOT EXISTS locked_ms pg_catalog.int8;
ALTER TABLE :"state".statements
    ADD COLUMN IF NOT EXISTS progress pg_catalog.jsonb,
    ADD COLUMN IF NOT EXISTS locks pg_catalog.jsonb,
    ADD COLUMN IF NOT EXISTS locked_ms pg_catalog.int8;
