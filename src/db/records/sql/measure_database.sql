-- What the whole database takes in this hour, under the empty name. psql variable: state.
INSERT INTO :"state".measurements AS former (table_schema, table_name, hour, bytes)
VALUES ('', '', pg_catalog.date_trunc('hour', pg_catalog.now()), pg_catalog.pg_database_size(pg_catalog.current_database()))
ON CONFLICT (table_schema, table_name, hour) DO UPDATE SET bytes = EXCLUDED.bytes
