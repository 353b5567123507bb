-- Who may do what with a table and with its columns, in the order of the access control lists.
-- $1 the table's oid
SELECT COALESCE(r.rolname, '') AS grantee, item.privilege_type AS privilege, listed.attname AS column, item.is_grantable AS grantable
FROM (SELECT c.relacl AS acl, '' AS attname, 0 AS attnum FROM pg_catalog.pg_class AS c WHERE c.oid = $1::pg_catalog.oid
      UNION ALL
      SELECT a.attacl, a.attname, a.attnum
      FROM pg_catalog.pg_attribute AS a
      WHERE a.attrelid = $1::pg_catalog.oid AND NOT a.attisdropped) AS listed
CROSS JOIN LATERAL pg_catalog.aclexplode(listed.acl) WITH ORDINALITY AS item
LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = item.grantee
ORDER BY listed.attnum, item.ordinality
