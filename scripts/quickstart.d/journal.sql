-- The witness: what stood in trip_plans before, and a journal of what the writers did to it since. Plain SQL, and it knows
-- nothing of tripmig: no object here depends on trip_plans, so nothing here can be carried along or left behind by a swap.
-- Runs after the load and before the first writer.

BEGIN;

CREATE SCHEMA quickstart;

-- A hash of the columns that the writers leave alone once a trip stands.
CREATE FUNCTION quickstart.rest_of(user_id bigint, description text, destination text, start_date date, end_date date,
                                   duration_days integer, traveler_count integer, total_budget numeric, currency text)
RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN pg_catalog.hashtextextended(ROW(user_id, description, destination, start_date, end_date, duration_days, traveler_count, total_budget, currency)::text, 0);

CREATE TABLE quickstart.before AS
SELECT id, created_at, title, status, version, updated_at,
       quickstart.rest_of(user_id, description, destination, start_date, end_date, duration_days, traveler_count, total_budget, currency) AS rest
FROM public.trip_plans;
ANALYZE quickstart.before;

-- One row for each transaction of a writer, written in that transaction: a change and its entry commit together or not at
-- all. A writer works on ids that no other writer touches, so seq orders all that happened to an id. The entry says what
-- the writer asked for, not what the table answered: a change that a table swap loses cannot hide in it.
CREATE TABLE quickstart.journal (
    seq        bigint    GENERATED ALWAYS AS IDENTITY,
    writer     integer   NOT NULL,
    op         text      NOT NULL CHECK (op IN ('insert', 'update', 'move', 'delete')),
    id         bigint,             -- null: an insert that found its id taken, or no id asked for
    hit        boolean   NOT NULL, -- did the statement find its row (insert: find none)
    title      text,               -- null: not changed by this entry
    status     text,
    created_at timestamp,
    rest       bigint,
    schedule   bigint              -- the day that was inserted with the trip
);

-- Where the writers put trips, and move them to: up to `until`, evenly over the `span` before it.
CREATE TABLE quickstart.calendar AS
SELECT date_trunc('milliseconds', now() AT TIME ZONE 'utc') AS until, interval '24 months' AS span;

-- The writers are the service: its role, its rights and no more. The journal takes entries and gives none back.
GRANT USAGE ON SCHEMA quickstart TO trip_app_user;
GRANT INSERT ON quickstart.journal TO trip_app_user;
GRANT SELECT ON quickstart.calendar TO trip_app_user;

COMMIT;
