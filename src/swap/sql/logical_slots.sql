-- Logical replication slots of this database: who reads the changes of its tables.
SELECT pg_catalog.format('%s (%s, %s)', slot_name, plugin, CASE WHEN active THEN 'active' ELSE 'not active' END) AS slot
FROM pg_catalog.pg_replication_slots
WHERE slot_type = 'logical' AND database = pg_catalog.current_database() AND NOT temporary
ORDER BY slot_name
