-- The indexes of a leaf that are parts of its parent's indexes.
-- $1 the parent's oid, $2 the leaf's oid
SELECT whole.relname AS of_parent, part.relname AS of_leaf
FROM pg_catalog.pg_inherits AS link
JOIN pg_catalog.pg_index AS of_leaf ON of_leaf.indexrelid = link.inhrelid AND of_leaf.indrelid = $2::pg_catalog.oid
JOIN pg_catalog.pg_index AS of_parent ON of_parent.indexrelid = link.inhparent AND of_parent.indrelid = $1::pg_catalog.oid
JOIN pg_catalog.pg_class AS whole ON whole.oid = link.inhparent
JOIN pg_catalog.pg_class AS part ON part.oid = link.inhrelid
ORDER BY 1
