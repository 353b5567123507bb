-- One hash of all that the catalog says about a table and about what hangs on it. Two equal hashes: nothing was altered between.
-- Statistics, sizes and transaction horizons do not count.
-- $1 the table's oid
SELECT pg_catalog.md5(pg_catalog.string_agg(fact, E'\n' ORDER BY fact COLLATE "C"))
FROM (
    SELECT ROW(c.relname, c.relnamespace, c.reltype, c.relowner, c.relam, c.reltablespace, c.relpersistence, c.relkind, c.relrowsecurity,
               c.relforcerowsecurity, c.relispartition, c.relreplident, c.relacl, c.reloptions)::pg_catalog.text AS fact
    FROM pg_catalog.pg_class AS c
    WHERE c.oid = $1::pg_catalog.oid
       OR c.oid IN (SELECT indexrelid FROM pg_catalog.pg_index WHERE indrelid = $1::pg_catalog.oid)
       OR c.oid IN (SELECT objid FROM pg_catalog.pg_depend
                    WHERE refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND refobjid = $1::pg_catalog.oid
                      AND classid = 'pg_catalog.pg_class'::pg_catalog.regclass)
       OR c.oid IN (SELECT conrelid FROM pg_catalog.pg_constraint WHERE confrelid = $1::pg_catalog.oid)
       OR c.oid IN (SELECT own.confrelid FROM pg_catalog.pg_constraint AS own
                    LEFT JOIN pg_catalog.pg_constraint AS whole ON whole.oid = own.conparentid
                    WHERE own.conrelid = $1::pg_catalog.oid AND whole.conrelid IS DISTINCT FROM own.conrelid)
    UNION ALL
    SELECT a::pg_catalog.text FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = $1::pg_catalog.oid
    UNION ALL
    SELECT d::pg_catalog.text FROM pg_catalog.pg_attrdef AS d WHERE d.adrelid = $1::pg_catalog.oid
    UNION ALL
    -- Without the rows that a foreign key has for each partition of the table at its other end, as table_constraints.sql.
    SELECT k::pg_catalog.text FROM pg_catalog.pg_constraint AS k
    LEFT JOIN pg_catalog.pg_constraint AS whole ON whole.oid = k.conparentid
    WHERE (k.conrelid = $1::pg_catalog.oid AND whole.conrelid IS DISTINCT FROM k.conrelid) OR k.confrelid = $1::pg_catalog.oid
    UNION ALL
    SELECT i::pg_catalog.text FROM pg_catalog.pg_index AS i WHERE i.indrelid = $1::pg_catalog.oid
    UNION ALL
    SELECT t::pg_catalog.text FROM pg_catalog.pg_trigger AS t WHERE t.tgrelid = $1::pg_catalog.oid AND NOT t.tgisinternal
    UNION ALL
    SELECT p::pg_catalog.text FROM pg_catalog.pg_policy AS p WHERE p.polrelid = $1::pg_catalog.oid
    UNION ALL
    SELECT r::pg_catalog.text FROM pg_catalog.pg_rewrite AS r
    WHERE r.ev_class = $1::pg_catalog.oid
       OR r.oid IN (SELECT objid FROM pg_catalog.pg_depend
                    WHERE refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND refobjid = $1::pg_catalog.oid
                      AND classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass)
    UNION ALL
    SELECT f.prosqlbody::pg_catalog.text FROM pg_catalog.pg_proc AS f
    WHERE f.oid IN (SELECT objid FROM pg_catalog.pg_depend
                    WHERE refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND refobjid = $1::pg_catalog.oid
                      AND classid = 'pg_catalog.pg_proc'::pg_catalog.regclass)
    UNION ALL
    -- Functions with the row type, and what stands on them.
    SELECT ROW(d.classid, d.objid, d.objsubid, d.deptype, f.proname, f.pronamespace, f.proowner, f.proacl, f.prosrc, f.proargdefaults,
               f.proconfig, f.prosqlbody)::pg_catalog.text
    FROM pg_catalog.pg_type AS row_type
    JOIN pg_catalog.pg_depend AS d
      ON d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.refobjid IN (row_type.oid, row_type.typarray)
    LEFT JOIN pg_catalog.pg_proc AS f ON d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND f.oid = d.objid
    WHERE row_type.typrelid = $1::pg_catalog.oid AND d.deptype <> 'i'
    UNION ALL
    SELECT ROW(stands.classid, stands.objid, stands.objsubid, stands.refobjid)::pg_catalog.text
    FROM pg_catalog.pg_type AS row_type
    JOIN pg_catalog.pg_depend AS d
      ON d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.refobjid IN (row_type.oid, row_type.typarray)
     AND d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
    JOIN pg_catalog.pg_depend AS stands ON stands.refclassid = d.classid AND stands.refobjid = d.objid
    WHERE row_type.typrelid = $1::pg_catalog.oid
    UNION ALL
    SELECT s::pg_catalog.text FROM pg_catalog.pg_statistic_ext AS s WHERE s.stxrelid = $1::pg_catalog.oid
    UNION ALL
    SELECT b::pg_catalog.text FROM pg_catalog.pg_publication_rel AS b WHERE b.prrelid = $1::pg_catalog.oid
    UNION ALL
    SELECT b::pg_catalog.text FROM pg_catalog.pg_publication AS b
    UNION ALL
    SELECT h::pg_catalog.text FROM pg_catalog.pg_inherits AS h
    WHERE h.inhparent = $1::pg_catalog.oid OR h.inhrelid = $1::pg_catalog.oid
    UNION ALL
    SELECT q::pg_catalog.text FROM pg_catalog.pg_sequence AS q
    WHERE q.seqrelid IN (SELECT objid FROM pg_catalog.pg_depend
                         WHERE refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND refobjid = $1::pg_catalog.oid
                           AND classid = 'pg_catalog.pg_class'::pg_catalog.regclass)
    UNION ALL
    SELECT e.description FROM pg_catalog.pg_description AS e
    WHERE e.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.objoid = $1::pg_catalog.oid
    UNION ALL
    SELECT ROW(d.classid, d.objid, d.objsubid, d.refobjsubid, d.deptype)::pg_catalog.text FROM pg_catalog.pg_depend AS d
    WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = $1::pg_catalog.oid
) AS facts
