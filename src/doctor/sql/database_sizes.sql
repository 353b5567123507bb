-- The size of all databases whose size this role may know, and how many others there are.
SELECT COALESCE(pg_catalog.sum(CASE WHEN seen.is_visible THEN pg_catalog.pg_database_size(seen.oid) END), 0)::pg_catalog.int8 AS bytes,
       pg_catalog.count(*) FILTER (WHERE NOT seen.is_visible) AS hidden
FROM (SELECT oid, pg_catalog.has_database_privilege(oid, 'CONNECT') OR pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE') AS is_visible
      FROM pg_catalog.pg_database) AS seen
