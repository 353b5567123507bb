-- The oldest transaction id and multixact that each database still has, by age.
SELECT datname AS database, pg_catalog.age(datfrozenxid)::pg_catalog.int8 AS xids, pg_catalog.mxid_age(datminmxid)::pg_catalog.int8 AS multixacts
FROM pg_catalog.pg_database
ORDER BY 2 DESC
