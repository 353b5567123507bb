-- The event triggers that fire for this session's statements. No tags: all of them.
SELECT t.evtname AS name, t.evtevent AS event, n.nspname AS function_schema, p.proname AS function_name,
       COALESCE(pg_catalog.array_to_string(t.evttags, ', '), '') AS tags
FROM pg_catalog.pg_event_trigger AS t
JOIN pg_catalog.pg_proc AS p ON p.oid = t.evtfoid
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
WHERE t.evtenabled IN ('O', 'A') AND t.evtevent <> 'login'
ORDER BY t.evtname
