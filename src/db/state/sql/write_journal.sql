-- A statement of a file that runs a statement at a time has started, or is done. psql variable: state.
-- $1 file  $2 ordinal  $3 sha256 of the statement's text  $4 started or done
-- $5 to $8, of one that runs in batches, else NULL: the column, the last key done, the highest key, rows passed
-- $9 locks that were sampled, as jsonb, and $10 how long they were held at most, in ms: of a statement outside of any transaction.
-- NULL: what this transaction holds and how long, as in record_migration.sql
WITH held AS (
    SELECT DISTINCT ON (locks.relation)
           pg_catalog.concat(namespace.nspname, '.', class.relname) AS relation, locks.mode, ranked.rank
    FROM pg_catalog.pg_locks AS locks
    JOIN pg_catalog.unnest(ARRAY['ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock',
                                 'AccessExclusiveLock']) WITH ORDINALITY AS ranked (mode, rank) ON ranked.mode = locks.mode
    JOIN pg_catalog.pg_class AS class ON class.oid = locks.relation
    JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
    LEFT JOIN pg_catalog.pg_attribute AS born ON born.attrelid = class.oid AND born.attname = 'ctid'
    WHERE locks.pid = pg_catalog.pg_backend_pid()
      AND locks.locktype = 'relation'
      AND class.relkind IN ('r', 'p', 'm', 'v')
      AND namespace.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
      AND pg_catalog.age(COALESCE(born.xmin, class.xmin)) > 0
    ORDER BY locks.relation, ranked.rank DESC),
since AS (
    SELECT CASE WHEN strongest.rank > COALESCE(NULLIF(pg_catalog.split_part(kept.text, '|', 1), ''), '0')::pg_catalog.int8
                THEN pg_catalog.split_part(kept.text, '|', 3)
                ELSE pg_catalog.split_part(kept.text, '|', 2)
           END AS at
    FROM (SELECT COALESCE(pg_catalog.current_setting('tripmig.locked', true), '') AS text) AS kept,
         (SELECT pg_catalog.max(rank) AS rank FROM held) AS strongest
    WHERE strongest.rank > 0),
sampled AS (
    SELECT pg_catalog.jsonb_object_agg(relation, mode) AS locks,
           (SELECT ((EXTRACT(epoch FROM pg_catalog.clock_timestamp())
                  - COALESCE(NULLIF(since.at, '')::pg_catalog.numeric, EXTRACT(epoch FROM pg_catalog.transaction_timestamp())))
                 OPERATOR(pg_catalog.*) 1000)::pg_catalog.int8
         FROM since) AS locked_ms
    FROM held
    HAVING $9::pg_catalog.jsonb IS NULL
    UNION ALL
    SELECT $9::pg_catalog.jsonb, $10::pg_catalog.int8
    WHERE $9::pg_catalog.jsonb IS NOT NULL)
INSERT INTO :"state".statements AS former (file, ordinal, sha256, state, progress, locks, locked_ms)
SELECT $1, $2::pg_catalog.int4, $3, $4,
       CASE WHEN $5::pg_catalog.text IS NOT NULL
            THEN pg_catalog.jsonb_build_object('by', $5::pg_catalog.text, 'last', $6::pg_catalog.text,
                                               'upper', $7::pg_catalog.text, 'rows', $8::pg_catalog.int8)
       END,
       locks, locked_ms
FROM sampled
ON CONFLICT (file, ordinal) DO UPDATE
SET sha256 = EXCLUDED.sha256, state = EXCLUDED.state, progress = EXCLUDED.progress, at = pg_catalog.clock_timestamp(),
    locks = EXCLUDED.locks, locked_ms = GREATEST(former.locked_ms, EXCLUDED.locked_ms)
