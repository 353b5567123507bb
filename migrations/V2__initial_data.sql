-- The rows of the lookup tables. May run again: names and order are brought up to date, other rows stay as they are.

INSERT INTO trip_activity_categories (code, name, sort_order) VALUES
    ('sightseeing',   '관광',     10),
    ('food',          '식사',     20),
    ('cafe',          '카페',     30),
    ('shopping',      '쇼핑',     40),
    ('culture',       '문화·공연', 50),
    ('nature',        '자연',     60),
    ('experience',    '체험',     70),
    ('transport',     '이동',     80),
    ('accommodation', '숙박',     90),
    ('other',         '기타',    100)
ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name, sort_order = EXCLUDED.sort_order;

INSERT INTO trip_budget_categories (code, name, sort_order) VALUES
    ('flight',        '항공',     10),
    ('transport',     '교통',     20),
    ('accommodation', '숙박',     30),
    ('food',          '식비',     40),
    ('activity',      '입장·체험', 50),
    ('shopping',      '쇼핑',     60),
    ('insurance',     '보험',     70),
    ('emergency',     '예비비',   80),
    ('other',         '기타',     90)
ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name, sort_order = EXCLUDED.sort_order;
