-- Between two statements of a transaction: since when it holds a lock as strong as its strongest until now. Kept in a setting that
-- ends with the transaction: rank of the lock|when the statement began that took it|when the next one begins, in seconds since 1970.
-- What the transaction made itself nobody else can wait for: a system column's row is as old as its table.
SELECT pg_catalog.set_config(
           'tripmig.locked',
           pg_catalog.concat_ws(
               '|',
               GREATEST(now_.rank, before.rank),
               CASE WHEN now_.rank OPERATOR(pg_catalog.>) before.rank THEN before.marked ELSE before.since END,
               EXTRACT(epoch FROM pg_catalog.clock_timestamp())),
           true)
FROM (SELECT COALESCE(pg_catalog.max(pg_catalog.array_position(
                          ARRAY['ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock',
                                'AccessExclusiveLock'],
                          locks.mode)), 0) AS rank
      FROM pg_catalog.pg_locks AS locks
      JOIN pg_catalog.pg_class AS class ON class.oid OPERATOR(pg_catalog.=) locks.relation
      JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid OPERATOR(pg_catalog.=) class.relnamespace
      LEFT JOIN pg_catalog.pg_attribute AS born
          ON born.attrelid OPERATOR(pg_catalog.=) class.oid AND born.attname OPERATOR(pg_catalog.=) 'ctid'
      WHERE locks.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()
        AND locks.locktype OPERATOR(pg_catalog.=) 'relation'
        AND class.relkind IN ('r', 'p', 'm', 'v')
        AND namespace.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
        AND pg_catalog.age(COALESCE(born.xmin, class.xmin)) OPERATOR(pg_catalog.>) 0) AS now_,
     (SELECT COALESCE(NULLIF(pg_catalog.split_part(kept.text, '|', 1), ''), '0')::pg_catalog.int4 AS rank,
             COALESCE(NULLIF(pg_catalog.split_part(kept.text, '|', 2), ''), began.text) AS since,
             COALESCE(NULLIF(pg_catalog.split_part(kept.text, '|', 3), ''), began.text) AS marked
      FROM (SELECT COALESCE(pg_catalog.current_setting('tripmig.locked', true), '') AS text) AS kept,
           (SELECT EXTRACT(epoch FROM pg_catalog.transaction_timestamp())::pg_catalog.text AS text) AS began) AS before
