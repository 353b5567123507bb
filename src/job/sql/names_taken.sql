-- The names that relations and types of a schema have.
-- $1 schema
SELECT c.relname AS name FROM pg_catalog.pg_class AS c
WHERE c.relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $1)
UNION
SELECT t.typname FROM pg_catalog.pg_type AS t
WHERE t.typnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $1)
