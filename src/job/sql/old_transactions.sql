-- Who would make a cut-over wait: transactions older than an age that hold any lock on one of these relations, as one line of
-- text each; whether it is autovacuum, which makes way for whoever waits; its name (virtual transaction id) when its age is not to
-- be known, else nothing.
-- $1 names of relations that readers keep from us too, quoted, joined by the unit separator; $2 those that only writers do;
-- $3 age in milliseconds
-- A prepared transaction has no session (pg_locks.pid is NULL). Without pg_read_all_stats age and kind of other roles' sessions
-- are NULL: an unknown age counts as old here. Whose session it is stays visible, and autovacuum's is nobody's. A session whose
-- kind is visible and that is in no transaction, or that is gone, ended it after we read the locks: it is in nobody's way.
SELECT CASE
           WHEN held.pid IS NULL THEN 'a prepared transaction (see pg_catalog.pg_prepared_xacts)'
           ELSE pg_catalog.format(
               'pid %s (%s%s, %s%s)%s',
               held.pid,
               COALESCE(activity.usename, activity.backend_type, 'unknown role'),
               COALESCE(', ' || NULLIF(activity.application_name, ''), ''),
               COALESCE(activity.state, activity.backend_type, 'state not visible'),
               COALESCE(', transaction open for ' || pg_catalog.round(EXTRACT(epoch FROM pg_catalog.clock_timestamp() - activity.xact_start), 1) || ' s',
                        ', age not visible without pg_read_all_stats'),
               COALESCE(': ' || pg_catalog.left(pg_catalog.regexp_replace(NULLIF(activity.query, ''), '\s+', ' ', 'g'), 80), ''))
       END AS blocker,
       COALESCE(activity.backend_type = 'autovacuum worker', held.pid IS NOT NULL AND activity.usesysid IS NULL) AS is_autovacuum,
       CASE WHEN held.pid IS NOT NULL AND activity.xact_start IS NULL AND activity.backend_type IS NULL THEN held.virtualtransaction END AS unknown
FROM (SELECT DISTINCT pid, virtualtransaction
      FROM pg_catalog.pg_locks
      WHERE locktype = 'relation'
        AND granted
        AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
        AND (relation IN (SELECT pg_catalog.to_regclass(name)::pg_catalog.oid
                          FROM pg_catalog.unnest(pg_catalog.string_to_array($1, E'\x1f')) AS name)
             OR (mode NOT IN ('AccessShareLock', 'RowShareLock')
                 AND relation IN (SELECT pg_catalog.to_regclass(name)::pg_catalog.oid
                                  FROM pg_catalog.unnest(pg_catalog.string_to_array($2, E'\x1f')) AS name)))) AS held
LEFT JOIN pg_catalog.pg_stat_activity AS activity ON activity.pid = held.pid
WHERE held.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
  AND (held.pid IS NULL
       OR (activity.pid IS NOT NULL AND activity.backend_type IS NULL)
       OR pg_catalog.clock_timestamp() - activity.xact_start > $3::pg_catalog.int8 * interval '1 millisecond')
ORDER BY 1
