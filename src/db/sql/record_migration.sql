-- The history row of a migration, in the transaction that applied it. psql variable: state.
-- $1 kind  $2 version or NULL  $3 description  $4 file  $5 sha256  $6 sha256 of the tokens  $7 batch  $8 tool version
-- $9 git revision  $10 duration in ms, or NULL for the time since this transaction began
-- locks: the strongest mode that this transaction holds on each relation of a user (manual 54.13, 13.3.1).
INSERT INTO :"state".migrations
    (kind, version, description, file, sha256, sha256_tokens, batch, tool_version, git_revision, duration_ms, locks)
SELECT $1, $2, $3, $4, $5, $6, $7::pg_catalog.int8, $8, $9,
       COALESCE($10::pg_catalog.int8,
                (EXTRACT(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.transaction_timestamp()) OPERATOR(pg_catalog.*) 1000)::pg_catalog.int8),
       (SELECT pg_catalog.jsonb_object_agg(held.relation, held.mode)
        FROM (SELECT DISTINCT ON (locks.relation)
                     namespace.nspname || '.' || class.relname AS relation, locks.mode
              FROM pg_catalog.pg_locks AS locks
              JOIN pg_catalog.pg_class AS class ON class.oid = locks.relation
              JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
              WHERE locks.pid = pg_catalog.pg_backend_pid()
                AND locks.locktype = 'relation'
                AND class.relkind IN ('r', 'p', 'm', 'v')
                AND namespace.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
              ORDER BY locks.relation,
                       pg_catalog.array_position(
                           ARRAY['AccessExclusiveLock', 'ExclusiveLock', 'ShareRowExclusiveLock', 'ShareLock',
                                 'ShareUpdateExclusiveLock', 'RowExclusiveLock', 'RowShareLock', 'AccessShareLock'],
                           locks.mode)) AS held
        WHERE held.mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock'))
