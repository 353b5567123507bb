-- Who else may create something in the state schema, as default privileges give it (ALTER DEFAULT PRIVILEGES ... ON SCHEMAS): a
-- statement each that takes it back. psql variable: state.
SELECT pg_catalog.format('REVOKE CREATE ON SCHEMA %I FROM %s', n.nspname,
                         CASE item.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(item.grantee)) END)
       AS revoke
FROM pg_catalog.pg_namespace AS n
CROSS JOIN LATERAL pg_catalog.aclexplode(n.nspacl) AS item
WHERE n.nspname = :'state' AND item.privilege_type = 'CREATE' AND item.grantee <> n.nspowner
