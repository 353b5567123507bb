-- Who keeps others from reading a table or partition of this database: the sessions, and what they hold, as one text; NULL: nobody.
SELECT pg_catalog.string_agg(
           CASE WHEN held.pid IS NULL THEN 'a prepared transaction (see pg_catalog.pg_prepared_xacts)'
                ELSE pg_catalog.format('pid %s (%s%s)', held.pid, COALESCE(activity.usename, activity.backend_type, 'unknown role'),
                                       COALESCE(', ' || NULLIF(activity.application_name, ''), ''))
           END || pg_catalog.format(' with ACCESS EXCLUSIVE on %I.%I', n.nspname, c.relname), '; ' ORDER BY held.pid, c.relname) AS holders
FROM pg_catalog.pg_locks AS held
JOIN pg_catalog.pg_class AS c ON c.oid = held.relation
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_stat_activity AS activity ON activity.pid = held.pid
WHERE held.locktype = 'relation' AND held.granted AND held.mode = 'AccessExclusiveLock' AND c.relkind IN ('r', 'p', 'f')
  AND held.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
  AND held.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
