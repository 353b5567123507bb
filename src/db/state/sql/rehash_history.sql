-- What an applied file says now, as its history row is to have it. psql variable: state.
-- $1 id  $2 file  $3 sha256  $4 sha256 of the tokens
UPDATE :"state".migrations
SET file = $2, sha256 = $3, sha256_tokens = $4
WHERE id OPERATOR(pg_catalog.=) $1::pg_catalog.int8
