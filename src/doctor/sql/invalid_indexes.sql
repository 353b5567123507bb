-- Indexes that no query may use. Not those that somebody builds at this moment: a build holds a lock on the table, and another one on
-- the index once it is there.
SELECT n.nspname AS schema, c.relname AS name, t.relname AS table_name, c.relkind = 'I' AS is_partitioned,
       x.indisready AS is_ready, pg_catalog.pg_has_role(c.relowner, 'USAGE') AS is_ours,
       (SELECT pg_catalog.string_agg(DISTINCT pg_catalog.format('%I.%I', pn.nspname, p.relname), pg_catalog.chr(31))
        FROM pg_catalog.pg_inherits AS i
        JOIN pg_catalog.pg_class AS p ON p.oid = i.inhrelid
        JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.relnamespace
        WHERE c.relkind = 'I' AND i.inhparent = t.oid
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_index AS part
                          JOIN pg_catalog.pg_inherits AS attached ON attached.inhrelid = part.indexrelid AND attached.inhparent = c.oid
                          WHERE part.indrelid = p.oid AND part.indisvalid)) AS lacking
FROM pg_catalog.pg_index AS x
JOIN pg_catalog.pg_class AS c ON c.oid = x.indexrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class AS t ON t.oid = x.indrelid
WHERE NOT x.indisvalid
  AND n.nspname !~ '^pg_'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_locks AS l
                  WHERE l.relation = x.indrelid AND l.granted AND l.mode IN ('ShareUpdateExclusiveLock', 'ShareLock', 'AccessExclusiveLock')
                    AND l.pid <> pg_catalog.pg_backend_pid()
                    AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))
ORDER BY 1, 2
LIMIT 200
