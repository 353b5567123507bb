-- The event triggers that fire for this session's statements: name, event, schema and name of the function, tags (empty: all).
SELECT t.evtname, t.evtevent, n.nspname, p.proname, COALESCE(pg_catalog.array_to_string(t.evttags, ', '), '')
FROM pg_catalog.pg_event_trigger AS t
JOIN pg_catalog.pg_proc AS p ON p.oid = t.evtfoid
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
WHERE t.evtenabled IN ('O', 'A') AND t.evtevent <> 'login'
ORDER BY t.evtname
