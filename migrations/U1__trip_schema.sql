-- Takes the trip service's tables away, rows and all.

DROP VIEW active_trip_plans;
DROP TABLE trip_budgets, trip_reviews, trip_activities, trip_schedules;
DROP TABLE trip_plans;
DROP TABLE trip_budget_categories, trip_activity_categories;
DROP FUNCTION set_updated_at();
