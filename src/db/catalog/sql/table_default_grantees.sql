-- Whom the session's role lets into objects that it makes in a schema, by its default privileges (manual, ALTER DEFAULT
-- PRIVILEGES). An empty name is PUBLIC.
-- $1 schema
SELECT DISTINCT d.defaclobjtype AS kind, COALESCE(r.rolname, '') AS grantee
FROM pg_catalog.pg_default_acl AS d
CROSS JOIN LATERAL pg_catalog.aclexplode(d.defaclacl) AS item
LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = item.grantee
WHERE d.defaclrole = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = CURRENT_USER)
  AND d.defaclnamespace IN (0, (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $1))
  AND d.defaclobjtype IN ('r', 'S')
  AND item.grantee <> d.defaclrole
ORDER BY 1, 2
