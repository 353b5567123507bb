-- Run once by the postgres image, as its superuser, on an empty data directory: what Azure gives a new server. tripgen_admin
-- owns tripdb_prod and may create roles (trip_app_user), and is no superuser.

-- psql reads the file itself: the password is in no command line and in no environment. Nor in the server's log:
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';

\set password `cat /run/secrets/tripgen_admin_password`
CREATE ROLE tripgen_admin LOGIN CREATEROLE NOSUPERUSER PASSWORD :'password';
\unset password

CREATE DATABASE tripdb_prod OWNER tripgen_admin ENCODING 'UTF8' LC_COLLATE 'en_US.utf8' LC_CTYPE 'en_US.utf8' TEMPLATE template0;
