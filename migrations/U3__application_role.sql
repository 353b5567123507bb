-- Takes back what V3 granted. The role itself stays: it belongs to the whole server, other databases may use it, and it may
-- have been there before. To drop it: DROP ROLE trip_app_user;

ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE USAGE, SELECT ON SEQUENCES FROM trip_app_user;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT, INSERT, UPDATE, DELETE ON TABLES FROM trip_app_user;

REVOKE USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public FROM trip_app_user;
REVOKE SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public FROM trip_app_user;
REVOKE USAGE ON SCHEMA public FROM trip_app_user;

DO $$
BEGIN
    EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM trip_app_user', current_database());
END
$$;
