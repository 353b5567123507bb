-- Every server parameter that this role may see, as it runs now, in its unit.
SELECT name, setting, COALESCE(unit, '') AS unit, vartype, pending_restart
FROM pg_catalog.pg_settings
