-- The state schema's version and all its migrations, in one round trip, as db::BinaryCopy reads it. psql variable: state.
-- Hundreds of pods ask this at once. A SELECT takes half as long again: most of that is planning it.
COPY :"state".meta (version, tool_version) TO STDOUT (FORMAT binary);
COPY :"state".migrations
    (id, kind, version, description, file, sha256, sha256_tokens, applied_at, applied_by, duration_ms, undone_at)
    TO STDOUT (FORMAT binary)
