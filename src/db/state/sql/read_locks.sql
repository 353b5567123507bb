-- What each migration that still counts locked, and for how long. psql variable: state.
-- locked_ms: the time under the strongest lock, or NULL
-- to_jsonb(): a state schema of version 1 has no locked_ms.
SELECT done.id,
       (pg_catalog.to_jsonb(done) OPERATOR(pg_catalog.->>) 'locked_ms')::pg_catalog.int8 AS locked_ms,
       locked.key AS relation,
       locked.value AS mode
FROM :"state".migrations AS done, pg_catalog.jsonb_each_text(done.locks) AS locked
WHERE done.undone_at IS NULL AND done.kind <> 'U'
ORDER BY done.id,
         pg_catalog.array_position(ARRAY['AccessExclusiveLock', 'ExclusiveLock', 'ShareRowExclusiveLock', 'ShareLock',
                                         'ShareUpdateExclusiveLock'], locked.value),
         locked.key
