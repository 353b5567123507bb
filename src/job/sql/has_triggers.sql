-- Whether a table has both triggers, and both fire always.
-- $1 the table, as SQL spells it; $2, $3 their names
SELECT pg_catalog.count(*) = 2
FROM pg_catalog.pg_trigger
WHERE tgrelid = pg_catalog.to_regclass($1) AND tgname IN ($2, $3) AND tgenabled = 'A'
