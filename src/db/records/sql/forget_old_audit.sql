-- Rows of the audit that are older than 400 days go. psql variable: state.
DELETE FROM :"state".audit WHERE started_at < pg_catalog.now() - interval '400 days'
