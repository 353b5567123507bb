-- A statement of a file that runs a statement at a time has started, or is done. psql variable: state.
-- $1 file  $2 ordinal  $3 sha256 of the statement's text  $4 started or done
-- $5 to $8, of one that runs in batches, else NULL: the column, the last key done, the highest key, rows passed
INSERT INTO :"state".statements (file, ordinal, sha256, state, progress)
VALUES ($1, $2::pg_catalog.int4, $3, $4,
        CASE WHEN $5::pg_catalog.text IS NOT NULL
             THEN pg_catalog.jsonb_build_object('by', $5::pg_catalog.text, 'last', $6::pg_catalog.text,
                                                'upper', $7::pg_catalog.text, 'rows', $8::pg_catalog.int8)
        END)
ON CONFLICT (file, ordinal) DO UPDATE
SET sha256 = EXCLUDED.sha256, state = EXCLUDED.state, progress = EXCLUDED.progress, at = pg_catalog.clock_timestamp()
