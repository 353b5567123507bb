-- The role that the trip service logs in with, and what it may do: the guide's four grants, and the same for tables to come.
--
-- Before the indexes (V4) on purpose: those are built CONCURRENTLY, one after the other, outside a transaction, and may take
-- long or stop half way; the service can work without an index, but not without its grants.
--
-- The role is made with LOGIN and without a password, so no secret is in this file and no password login works until an
-- operator sets one (psql: \password trip_app_user) from Key Vault.

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'trip_app_user') THEN
        RETURN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = current_user AND (rolcreaterole OR rolsuper)) THEN
        RAISE EXCEPTION 'role "trip_app_user" does not exist, and "%" may not create roles', current_user
            USING ERRCODE = 'insufficient_privilege',
                  HINT = format('As an administrator, run: CREATE ROLE trip_app_user LOGIN;  or: ALTER ROLE %I CREATEROLE;  then run this again.', current_user);
    END IF;
    -- Roles belong to the whole server: a migration of another database may make this one at the same moment.
    BEGIN
        CREATE ROLE trip_app_user LOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;
    END;
END
$$;

-- The name of the database is not ours to know: tripdb_prod in production, others elsewhere.
DO $$
BEGIN
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO trip_app_user', current_database());
END
$$;

GRANT USAGE ON SCHEMA public TO trip_app_user;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO trip_app_user;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO trip_app_user;

-- GRANT ... ON ALL TABLES means the tables of this moment. Next month's partition and next year's table are covered by
-- these, when the role that runs the migrations makes them.
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO trip_app_user;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO trip_app_user;
