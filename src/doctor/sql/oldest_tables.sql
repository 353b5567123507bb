-- The tables of this database that hold its oldest transaction ids, as a list.
SELECT pg_catalog.string_agg(oldest.name, ', ')
FROM (SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name
      FROM pg_catalog.pg_class AS c
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 't', 'm') AND c.relfrozenxid <> '0'::pg_catalog.xid
      ORDER BY pg_catalog.age(c.relfrozenxid) DESC
      LIMIT 3) AS oldest
