-- In what partitions of one parent differ that their parent does not give them: indexes, grants, triggers, CHECKs, storage, owner.
-- One row for each thing that some of them have and others do not; `who` are those in the minority, at most five of them.
-- Partitions that are partitioned themselves, foreign ones and pending detaches are left out, as is DEFAULT where it is alone.
WITH member AS (
    SELECT i.inhparent AS parent, c.oid, c.relname, c.relacl, c.relowner, c.reloptions, c.reltablespace, c.relpersistence, c.relam,
           c.relreplident, pg_catalog.count(*) OVER (PARTITION BY i.inhparent) AS siblings
    FROM pg_catalog.pg_inherits AS i
    JOIN pg_catalog.pg_class AS parent ON parent.oid = i.inhparent AND parent.relkind = 'p'
    JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
    WHERE c.relkind = 'r' AND c.relispartition AND NOT i.inhdetachpending),
feature (parent, oid, kind, feature) AS (
    SELECT m.parent, m.oid, 'index',
           CASE WHEN x.indisunique THEN 'UNIQUE ' ELSE '' END || pg_catalog.regexp_replace(pg_catalog.pg_get_indexdef(x.indexrelid), '^.*? USING ', '')
    FROM member AS m JOIN pg_catalog.pg_index AS x ON x.indrelid = m.oid
    WHERE x.indisvalid
    UNION
    SELECT m.parent, m.oid, 'grant', item.privilege_type || ' to ' ||
           CASE item.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(item.grantee)) END
    FROM member AS m CROSS JOIN LATERAL pg_catalog.aclexplode(m.relacl) AS item
    WHERE item.grantee <> m.relowner
    UNION ALL
    SELECT m.parent, m.oid, 'trigger', pg_catalog.format('%I%s', t.tgname, CASE t.tgenabled WHEN 'D' THEN ', disabled' WHEN 'A' THEN ', ALWAYS'
                                                                                            WHEN 'R' THEN ', REPLICA' ELSE '' END)
    FROM member AS m JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = m.oid AND NOT t.tgisinternal
    UNION
    SELECT m.parent, m.oid, 'constraint', pg_catalog.pg_get_constraintdef(k.oid)
    FROM member AS m JOIN pg_catalog.pg_constraint AS k ON k.conrelid = m.oid AND k.contype IN ('c', 'f') AND k.conparentid = 0
    UNION ALL
    SELECT m.parent, m.oid, 'storage', pg_catalog.unnest(COALESCE(m.reloptions, '{}'))
    FROM member AS m
    UNION ALL
    SELECT m.parent, m.oid, 'storage', 'tablespace ' || COALESCE((SELECT s.spcname FROM pg_catalog.pg_tablespace AS s WHERE s.oid = m.reltablespace), 'pg_default')
    FROM member AS m
    UNION ALL
    SELECT m.parent, m.oid, 'storage', CASE m.relpersistence WHEN 'u' THEN 'UNLOGGED' ELSE 'LOGGED' END FROM member AS m
    UNION ALL
    SELECT m.parent, m.oid, 'storage', 'access method ' || (SELECT a.amname FROM pg_catalog.pg_am AS a WHERE a.oid = m.relam)
    FROM member AS m
    UNION ALL
    SELECT m.parent, m.oid, 'replica identity', CASE m.relreplident WHEN 'd' THEN 'DEFAULT' WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING' ELSE 'an index' END
    FROM member AS m
    UNION ALL
    SELECT m.parent, m.oid, 'owner', pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(m.relowner)) FROM member AS m),
differing AS (
    SELECT f.parent, f.kind, f.feature, pg_catalog.count(*) AS having_it, m.siblings
    FROM feature AS f JOIN member AS m ON m.oid = f.oid
    WHERE m.siblings > 1
    GROUP BY f.parent, f.kind, f.feature, m.siblings
    HAVING pg_catalog.count(*) < m.siblings
    ORDER BY f.parent, f.kind, f.feature
    LIMIT 100)
SELECT n.nspname AS schema, c.relname AS name, d.kind, d.feature, d.having_it, d.siblings,
       d.having_it * 2 >= d.siblings AS is_lacking,
       (SELECT pg_catalog.string_agg(named.relname::pg_catalog.text, pg_catalog.chr(31))
        FROM (SELECT m.relname FROM member AS m
              WHERE m.parent = d.parent
                AND (d.having_it * 2 >= d.siblings) <> EXISTS (SELECT FROM feature AS f
                                                               WHERE f.oid = m.oid AND f.kind = d.kind AND f.feature = d.feature)
              ORDER BY m.relname LIMIT 5) AS named) AS who
FROM differing AS d
JOIN pg_catalog.pg_class AS c ON c.oid = d.parent
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
ORDER BY 1, 2, 3, 4
