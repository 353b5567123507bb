-- The judge: replays the journal over what stood before, and compares with what the table holds. Plain SQL.
-- Runs after the last writer. Prints name|count lines; every count but those of `seen` must be 0.

\set QUIET on
\pset format unaligned
\pset tuples_only on
SET TimeZone = 'UTC';

BEGIN ISOLATION LEVEL REPEATABLE READ;

-- What each trip in the journal must be now. A life begins with an insert: what was before it is gone.
CREATE TEMP TABLE replayed AS
WITH effective AS (
    SELECT *, coalesce(max(seq) FILTER (WHERE op = 'insert') OVER (PARTITION BY id), 0) AS birth
    FROM quickstart.journal WHERE hit),
life AS (
    SELECT id, birth,
           (array_agg(op ORDER BY seq DESC))[1] <> 'delete' AS alive,
           (array_agg(title ORDER BY seq DESC) FILTER (WHERE title IS NOT NULL AND seq >= birth))[1] AS title,
           (array_agg(status ORDER BY seq DESC) FILTER (WHERE status IS NOT NULL AND seq >= birth))[1] AS status,
           (array_agg(created_at ORDER BY seq DESC) FILTER (WHERE created_at IS NOT NULL AND seq >= birth))[1] AS created_at,
           (array_agg(rest ORDER BY seq DESC) FILTER (WHERE rest IS NOT NULL AND seq >= birth))[1] AS rest,
           count(*) FILTER (WHERE op IN ('update', 'move') AND seq > birth) AS changes
    FROM effective GROUP BY id, birth)
SELECT life.id, alive,
       coalesce(life.title, before.title) AS title,
       coalesce(life.status, before.status) AS status,
       coalesce(life.created_at, before.created_at) AS created_at,
       coalesce(life.rest, before.rest) AS rest,
       CASE WHEN birth > 0 THEN 1 ELSE before.version END + changes AS version
FROM life LEFT JOIN quickstart.before USING (id);
ANALYZE replayed;

CREATE TEMP TABLE expected AS
SELECT id, alive, title, status, created_at, rest, version, NULL::timestamp AS updated_at FROM replayed
UNION ALL
SELECT id, true, title, status, created_at, rest, version, updated_at FROM quickstart.before
WHERE NOT EXISTS (SELECT FROM replayed WHERE replayed.id = before.id);
ANALYZE expected;

CREATE TEMP TABLE found AS
SELECT id, created_at, title, status, version, updated_at,
       quickstart.rest_of(user_id, description, destination, start_date, end_date, duration_days, traveler_count, total_budget, currency) AS rest
FROM public.trip_plans;
ANALYZE found;

CREATE TEMP TABLE verdict AS
SELECT coalesce(expected.id, found.id) AS id,
       CASE
           WHEN expected.id IS NULL THEN 'unknown'
           WHEN NOT alive AND found.id IS NOT NULL THEN 'risen'
           WHEN NOT alive THEN 'right'
           WHEN found.id IS NULL THEN 'lost'
           -- updated_at is the server's word: known only for trips that nobody changed.
           WHEN (found.title, found.status, found.created_at, found.rest, found.version)
                IS DISTINCT FROM (expected.title, expected.status, expected.created_at, expected.rest, expected.version)
                OR (expected.updated_at IS NOT NULL AND found.updated_at IS DISTINCT FROM expected.updated_at) THEN 'stale'
           ELSE 'right'
       END AS finding
FROM expected FULL JOIN found USING (id);

-- A change that found no row although the trip was there by the journal, or one that found a row although it was deleted:
-- the moment in which a swap shows two truths.
CREATE TEMP TABLE blind AS
WITH history AS (
    SELECT seq, id, op, hit,
           max(seq) FILTER (WHERE hit) OVER (PARTITION BY id ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS last_hit
    FROM quickstart.journal),
standing AS (
    SELECT history.*, CASE WHEN last_hit IS NULL THEN before.id IS NOT NULL ELSE last.op <> 'delete' END AS alive
    FROM history LEFT JOIN quickstart.journal AS last ON last.seq = last_hit
                 LEFT JOIN quickstart.before ON before.id = history.id)
SELECT seq, id FROM standing WHERE hit <> (CASE WHEN op = 'insert' THEN NOT alive ELSE alive END);

SELECT 'lost|' || count(DISTINCT id) FILTER (WHERE finding = 'lost') FROM verdict;
SELECT 'duplicated|' || count(*) - count(DISTINCT id) FROM found;
SELECT 'stale|' || count(DISTINCT id) FILTER (WHERE finding = 'stale') FROM verdict;
SELECT 'risen|' || count(DISTINCT id) FILTER (WHERE finding = 'risen') FROM verdict;
SELECT 'unknown|' || count(DISTINCT id) FILTER (WHERE finding = 'unknown') FROM verdict;
SELECT 'blind|' || count(*) FROM blind;

-- Days of trips: those of a living trip are there, those of a deleted one went with it.
SELECT 'days_lost|' || count(*) FROM quickstart.journal AS entry
WHERE schedule IS NOT NULL
  AND EXISTS (SELECT FROM replayed WHERE replayed.id = entry.id AND alive)
  AND NOT EXISTS (SELECT FROM quickstart.journal AS later WHERE later.id = entry.id AND later.hit AND later.op = 'delete' AND later.seq > entry.seq)
  AND NOT EXISTS (SELECT FROM public.trip_schedules AS day WHERE day.id = entry.schedule AND day.trip_plan_id = entry.id);
SELECT 'orphans|' || (SELECT count(*) FROM public.trip_schedules AS day WHERE NOT EXISTS (SELECT FROM found WHERE found.id = day.trip_plan_id))
                   + (SELECT count(*) FROM public.trip_reviews AS review WHERE NOT EXISTS (SELECT FROM found WHERE found.id = review.trip_plan_id))
                   + (SELECT count(*) FROM public.trip_budgets AS budget WHERE NOT EXISTS (SELECT FROM found WHERE found.id = budget.trip_plan_id));

SELECT 'seen_trips|' || count(*) FROM found;
SELECT 'seen_entries|' || count(*) FROM quickstart.journal;
SELECT 'seen_entries_' || op || '|' || count(*) FILTER (WHERE hit) FROM quickstart.journal GROUP BY op ORDER BY op;

ROLLBACK;
