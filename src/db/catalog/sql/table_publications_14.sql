-- The publications that publish a table, of servers before 15: no lists of columns, no WHERE, no schemas.
-- $1 the table's oid
SELECT p.pubname AS name, pr.prrelid IS NOT NULL AS names_table, p.pubviaroot AS via_root, '' AS tail,
       pg_catalog.pg_has_role(p.pubowner, 'USAGE') AS can_alter, NULL AS columns, '' AS row_filter
FROM pg_catalog.pg_publication AS p
LEFT JOIN pg_catalog.pg_publication_rel AS pr ON pr.prpubid = p.oid AND pr.prrelid = $1::pg_catalog.oid
WHERE pr.prrelid IS NOT NULL OR p.puballtables
ORDER BY p.pubname
