-- CONCURRENTLY, as in V4: the service goes on meanwhile.

DROP INDEX CONCURRENTLY IF EXISTS idx_trip_plans_created_month;
DROP INDEX CONCURRENTLY IF EXISTS idx_trip_budgets_plan_category;
DROP INDEX CONCURRENTLY IF EXISTS idx_trip_reviews_rating_created;
DROP INDEX CONCURRENTLY IF EXISTS idx_trip_activities_schedule_time;
DROP INDEX CONCURRENTLY IF EXISTS idx_trip_schedules_plan_id_day;
DROP INDEX CONCURRENTLY IF EXISTS idx_trip_plans_date_range;
DROP INDEX CONCURRENTLY IF EXISTS idx_trip_plans_user_id_status;
