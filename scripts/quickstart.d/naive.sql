-- The operations guide's way to partition trip_plans, as near to its text as PostgreSQL lets it run. A demonstration of what
-- it loses: docs/decisions/ has the pages. Not for use.
\set QUIET on
\set ON_ERROR_STOP off

\echo '   the guide''s first statement, word for word:'
CREATE TABLE trip_plans_partitioned (
    LIKE trip_plans INCLUDING ALL
) PARTITION BY RANGE (created_at);

\set ON_ERROR_STOP on
\echo '   with the least repair: primary key (id, created_at), indexes by hand'
CREATE TABLE trip_plans_partitioned (
    LIKE trip_plans INCLUDING ALL EXCLUDING INDEXES,
    PRIMARY KEY (id, created_at)
) PARTITION BY RANGE (created_at);
CREATE INDEX ON trip_plans_partitioned (user_id, status) WHERE deleted_at IS NULL;
CREATE INDEX ON trip_plans_partitioned (start_date, end_date) WHERE deleted_at IS NULL;
CREATE INDEX ON trip_plans_partitioned (date_trunc('month', created_at)) WHERE deleted_at IS NULL;

SELECT format('CREATE TABLE trip_plans_%s PARTITION OF trip_plans_partitioned FOR VALUES FROM (%L) TO (%L);',
              to_char(month, 'YYYY_MM'), month::date, (month + interval '1 month')::date)
FROM generate_series(date_trunc('month', now() AT TIME ZONE 'utc') - interval '25 months',
                     date_trunc('month', now() AT TIME ZONE 'utc') + interval '3 months', interval '1 month') AS month
\gexec

-- The guide says SELECT *. It fails on a table with a generated column (428C9), so the columns are named.
\echo '   INSERT INTO trip_plans_partitioned SELECT ... FROM trip_plans'
\timing on
INSERT INTO trip_plans_partitioned
      (id, user_id, title, description, destination, start_date, end_date, status, traveler_count, total_budget, currency, version, created_at, updated_at, deleted_at)
SELECT id, user_id, title, description, destination, start_date, end_date, status, traveler_count, total_budget, currency, version, created_at, updated_at, deleted_at
FROM trip_plans;
\timing off
\echo '   two renames'
ALTER TABLE trip_plans RENAME TO trip_plans_old;
ALTER TABLE trip_plans_partitioned RENAME TO trip_plans;
