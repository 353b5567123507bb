-- Measurements that are older than 400 days go. psql variable: state.
DELETE FROM :"state".measurements WHERE hour < pg_catalog.now() - interval '400 days'
