-- The publications that publish a table. A list is joined with ASCII's unit separator.
-- $1 the table's oid
SELECT p.pubname AS name,
       pr.prrelid IS NOT NULL AS names_table,
       p.pubviaroot AS via_root,
       COALESCE((SELECT ' (' || pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attnum) || ')'
                 FROM pg_catalog.unnest(pr.prattrs::pg_catalog.int2[]) AS listed (attnum)
                 JOIN pg_catalog.pg_attribute AS a ON a.attrelid = pr.prrelid AND a.attnum = listed.attnum), '')
           || COALESCE(' WHERE (' || pg_catalog.pg_get_expr(pr.prqual, pr.prrelid) || ')', '') AS tail,
       pg_catalog.pg_has_role(p.pubowner, 'USAGE') AS can_alter,
       CASE WHEN p.pubupdate OR p.pubdelete
            THEN (SELECT pg_catalog.string_agg(a.attname, E'\x1f' ORDER BY a.attnum)
                  FROM pg_catalog.unnest(pr.prattrs::pg_catalog.int2[]) AS listed (attnum)
                  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = pr.prrelid AND a.attnum = listed.attnum) END AS columns,
       COALESCE(' WHERE (' || pg_catalog.pg_get_expr(pr.prqual, pr.prrelid) || ')', '') AS row_filter
FROM pg_catalog.pg_publication AS p
LEFT JOIN pg_catalog.pg_publication_rel AS pr ON pr.prpubid = p.oid AND pr.prrelid = $1::pg_catalog.oid
WHERE pr.prrelid IS NOT NULL
   OR p.puballtables
   OR EXISTS (SELECT FROM pg_catalog.pg_publication_namespace AS pn
              WHERE pn.pnpubid = p.oid
                AND pn.pnnspid = (SELECT relnamespace FROM pg_catalog.pg_class WHERE oid = $1::pg_catalog.oid))
ORDER BY p.pubname
