-- A foreign key as conditions on a row of its table, "referencing", and one of the other table, "referenced". No row: there is no such
-- key, or it compares ranges (PERIOD).
-- $1 the table that has the constraint, quoted; $2 the constraint
SELECT match.same,
       match.counts,  -- the row must have a referenced one (manual, CREATE TABLE: MATCH)
       match.columns,
       -- Rows of tables that inherit from it are not referenced, those of its partitions are.
       CASE WHEN other.relkind = 'p' THEN '' ELSE 'ONLY ' END || pg_catalog.format('%I.%I', space.nspname, other.relname) AS referenced
FROM pg_catalog.pg_constraint AS c
JOIN pg_catalog.pg_class AS other ON other.oid = c.confrelid
JOIN pg_catalog.pg_namespace AS space ON space.oid = other.relnamespace
CROSS JOIN LATERAL (
    SELECT pg_catalog.string_agg(
               pg_catalog.format(
                   'referenced.%I %s referencing.%I%s', theirs.attname,
                   CASE WHEN of_operator.nspname = 'pg_catalog' THEN o.oprname::pg_catalog.text
                        ELSE pg_catalog.format('OPERATOR(%I.%s)', of_operator.nspname, o.oprname) END,
                   own.attname,
                   CASE WHEN theirs.attcollation NOT IN (0, own.attcollation)
                        THEN (SELECT pg_catalog.format(' COLLATE %I.%I', n.nspname, l.collname)
                              FROM pg_catalog.pg_collation AS l JOIN pg_catalog.pg_namespace AS n ON n.oid = l.collnamespace
                              WHERE l.oid = theirs.attcollation)
                   END),
               ' AND ' ORDER BY k.position) AS same,
           pg_catalog.string_agg(pg_catalog.format('referencing.%I IS NOT NULL', own.attname),
                                 CASE c.confmatchtype WHEN 'f' THEN ' OR ' ELSE ' AND ' END ORDER BY k.position) AS counts,
           pg_catalog.string_agg(pg_catalog.quote_ident(own.attname), ', ' ORDER BY k.position) AS columns
    FROM ROWS FROM (pg_catalog.unnest(c.conkey), pg_catalog.unnest(c.confkey), pg_catalog.unnest(c.conpfeqop))
         WITH ORDINALITY AS k (own, theirs, operator, position)
    JOIN pg_catalog.pg_attribute AS own ON own.attrelid = c.conrelid AND own.attnum = k.own
    JOIN pg_catalog.pg_attribute AS theirs ON theirs.attrelid = c.confrelid AND theirs.attnum = k.theirs
    JOIN pg_catalog.pg_operator AS o ON o.oid = k.operator
    JOIN pg_catalog.pg_namespace AS of_operator ON of_operator.oid = o.oprnamespace) AS match
WHERE c.conrelid = pg_catalog.to_regclass($1) AND c.conname = $2 AND c.contype = 'f'
  AND (pg_catalog.to_jsonb(c) ->> 'conperiod') IS DISTINCT FROM 'true'
