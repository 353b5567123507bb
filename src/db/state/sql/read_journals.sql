-- What is done of every file that stopped half way. psql variable: state.
SELECT file, ordinal, sha256, state OPERATOR(pg_catalog.=) 'done' AS is_done
FROM :"state".statements
ORDER BY file, ordinal
