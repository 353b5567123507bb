-- The history row of a migration, in the transaction that applied it. psql variable: state.
-- $1 kind  $2 version or NULL  $3 description  $4 file  $5 sha256  $6 sha256 of the tokens  $7 batch  $8 tool version
-- $9 git revision  $10 duration in ms, or NULL for the time since this transaction began
-- locks: the strongest mode that this transaction, or one of the file's journaled statements, held on each relation of a user that
-- others could know of (manual 54.13, 13.3.1): what was made in this transaction is not among them. A system column's row is as
-- old as its table. locked_ms: since the statement began that took the strongest one (mark_locks.sql).
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
locked AS (
    SELECT DISTINCT ON (relation) relation, mode
    FROM (SELECT relation, mode, rank FROM held
          UNION ALL
          SELECT journaled.key, journaled.value, 0
          FROM :"state".statements AS statements, pg_catalog.jsonb_each_text(statements.locks) AS journaled
          WHERE statements.file = $4) AS all_
    ORDER BY relation,
             pg_catalog.array_position(ARRAY['AccessExclusiveLock', 'ExclusiveLock', 'ShareRowExclusiveLock', 'ShareLock',
                                             'ShareUpdateExclusiveLock'], mode))
INSERT INTO :"state".migrations
    (kind, version, description, file, sha256, sha256_tokens, batch, tool_version, git_revision, duration_ms, locks, locked_ms)
SELECT $1, $2, $3, $4, $5, $6, $7::pg_catalog.int8, $8, $9,
       COALESCE($10::pg_catalog.int8,
                (EXTRACT(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.transaction_timestamp()) OPERATOR(pg_catalog.*) 1000)::pg_catalog.int8),
       (SELECT pg_catalog.jsonb_object_agg(relation, mode) FROM locked),
       GREATEST((SELECT ((EXTRACT(epoch FROM pg_catalog.clock_timestamp())
                  - COALESCE(NULLIF(since.at, '')::pg_catalog.numeric, EXTRACT(epoch FROM pg_catalog.transaction_timestamp())))
                 OPERATOR(pg_catalog.*) 1000)::pg_catalog.int8
         FROM since),
                (SELECT pg_catalog.max(locked_ms) FROM :"state".statements WHERE file = $4))
