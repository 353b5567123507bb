-- Which of some names relations of a schema have.
-- $1 schema, $2 the names, joined with ASCII's unit separator
SELECT c.relname
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relname = ANY (pg_catalog.string_to_array($2, E'\x1f'))
