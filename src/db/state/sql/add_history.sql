-- A history row for what was not run by this program: a baseline, a version that another tool applied.
-- psql variable: state.
-- $1 kind  $2 version or NULL  $3 description  $4 file  $5 sha256 or NULL  $6 sha256 of the tokens or NULL  $7 batch
-- $8 tool version  $9 git revision
INSERT INTO :"state".migrations
    (kind, version, description, file, sha256, sha256_tokens, batch, tool_version, git_revision)
VALUES ($1, $2, $3, $4, $5, $6, $7::pg_catalog.int8, $8, $9)
