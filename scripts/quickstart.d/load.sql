-- A million trips with their days, activities, reviews and budgets, created evenly over the 24 months up to now.
-- The same rows every time but for the dates, which end today: nothing lies in a month to come.

BEGIN;

INSERT INTO trip_plans (user_id, title, destination, start_date, end_date, status, traveler_count, total_budget, created_at, updated_at)
SELECT 1 + (n::bigint * 7919) % 100000,
       'Trip ' || n,
       (ARRAY['Seoul', 'Busan', 'Jeju', 'Gyeongju', 'Gangneung', 'Jeonju', 'Yeosu', 'Sokcho'])[1 + n % 8],
       at::date + 30 + (n % 60)::integer,
       at::date + 30 + (n % 60)::integer + (n % 7)::integer,
       (ARRAY['draft', 'planned', 'confirmed', 'completed', 'cancelled'])[1 + n % 5],
       1 + n % 6,
       (1 + n % 40) * 50000,
       at,
       at
FROM (SELECT n, date_trunc('milliseconds', until - interval '24 months' + (n / 1000000.0) * (until - (until - interval '24 months'))) AS at
      FROM generate_series(1, 1000000) AS n, (SELECT now() AT TIME ZONE 'utc' AS until) AS clock) AS trip
ORDER BY n;

INSERT INTO trip_schedules (trip_plan_id, day_number, schedule_date, title, created_at, updated_at)
SELECT id, 1, start_date, 'Day 1', created_at, created_at FROM trip_plans ORDER BY id;

INSERT INTO trip_activities (trip_schedule_id, category, title, place, start_time, created_at, updated_at)
SELECT id, (ARRAY['sightseeing', 'food', 'cafe', 'shopping', 'nature'])[1 + id % 5], 'First stop', 'Old town',
       time '08:00' + (id % 40) * interval '15 minutes', created_at, created_at
FROM trip_schedules ORDER BY id;

INSERT INTO trip_reviews (trip_plan_id, user_id, rating, content, created_at, updated_at)
SELECT id, user_id, 1 + id % 5, 'We would go again.', created_at, created_at FROM trip_plans WHERE id % 5 = 0 ORDER BY id;

INSERT INTO trip_budgets (trip_plan_id, category, planned_amount, created_at, updated_at)
SELECT id, (ARRAY['flight', 'accommodation', 'food', 'transport'])[1 + id % 4], 100000, created_at, created_at
FROM trip_plans WHERE id % 10 < 3 ORDER BY id;

COMMIT;

ANALYZE trip_plans, trip_schedules, trip_activities, trip_reviews, trip_budgets;
