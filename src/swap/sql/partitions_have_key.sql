-- Whether a partition of the table has a foreign key of that name.
-- $1 the partitioned table's oid, $2 the constraint
SELECT EXISTS (SELECT FROM pg_catalog.pg_inherits AS i
               JOIN pg_catalog.pg_constraint AS c ON c.conrelid = i.inhrelid
               WHERE i.inhparent = $1::pg_catalog.oid AND c.contype = 'f' AND c.conname = $2)
