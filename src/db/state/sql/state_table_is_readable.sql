-- Whether the state schema has a table of that name that the session's role may look into.
-- $1 the state schema  $2 the table
SELECT EXISTS (SELECT
               FROM pg_catalog.pg_class AS c
               JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
               WHERE n.nspname = $1
                 AND c.relname = $2
                 AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
                 AND pg_catalog.has_table_privilege(c.oid, 'SELECT'))
