-- Constraints that hold for new rows alone: NOT VALID. Those that a partition has from its parent are the parent's.
SELECT n.nspname AS schema, c.relname AS name, k.conname AS constraint_name, k.contype = 'f' AS is_foreign_key,
       pg_catalog.pg_has_role(c.relowner, 'USAGE') AS is_ours,
       COALESCE(rn.nspname, '') AS target_schema, COALESCE(r.relname, '') AS target_name
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN (pg_catalog.pg_class AS r JOIN pg_catalog.pg_namespace AS rn ON rn.oid = r.relnamespace) ON r.oid = k.confrelid
WHERE NOT k.convalidated AND k.conparentid = 0
  AND COALESCE((pg_catalog.to_jsonb(k) OPERATOR(pg_catalog.->>) 'conenforced')::pg_catalog.bool, true)  -- since 18
ORDER BY 1, 2, 3
LIMIT 200
