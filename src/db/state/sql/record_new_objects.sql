-- The history row of a migration that locked nothing that others could know of, in the transaction that applied it.
-- psql variable: state. Parameters as in record_migration.sql.
INSERT INTO :"state".migrations
    (kind, version, description, file, sha256, sha256_tokens, batch, tool_version, git_revision, duration_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7::pg_catalog.int8, $8, $9,
        COALESCE($10::pg_catalog.int8,
                 (EXTRACT(epoch FROM pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) pg_catalog.transaction_timestamp())
                  OPERATOR(pg_catalog.*) 1000)::pg_catalog.int8))
