-- The seven indexes of the operations guide, its names and its statements.
--
-- CONCURRENTLY, so this file has no transaction: it runs a statement at a time, and a run that was stopped goes on at the
-- index that was not finished.

-- 여행 계획 사용자별 인덱스
CREATE INDEX CONCURRENTLY idx_trip_plans_user_id_status 
ON trip_plans (user_id, status) WHERE deleted_at IS NULL;

-- 여행 계획 날짜별 인덱스
CREATE INDEX CONCURRENTLY idx_trip_plans_date_range 
ON trip_plans (start_date, end_date) WHERE deleted_at IS NULL;

-- 여행 일정 계획별 인덱스
CREATE INDEX CONCURRENTLY idx_trip_schedules_plan_id_day 
ON trip_schedules (trip_plan_id, day_number) WHERE deleted_at IS NULL;

-- 여행 활동 시간별 인덱스
CREATE INDEX CONCURRENTLY idx_trip_activities_schedule_time 
ON trip_activities (trip_schedule_id, start_time) WHERE deleted_at IS NULL;

-- 여행 리뷰 평점 인덱스
CREATE INDEX CONCURRENTLY idx_trip_reviews_rating_created 
ON trip_reviews (rating, created_at) WHERE deleted_at IS NULL;

-- 여행 예산 카테고리별 인덱스
CREATE INDEX CONCURRENTLY idx_trip_budgets_plan_category 
ON trip_budgets (trip_plan_id, category) WHERE deleted_at IS NULL;

-- 파티셔닝을 위한 날짜 기반 인덱스
CREATE INDEX CONCURRENTLY idx_trip_plans_created_month 
ON trip_plans (DATE_TRUNC('month', created_at)) WHERE deleted_at IS NULL;
