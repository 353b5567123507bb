-- The operations guide's three commands: a partitioned table, INSERT ... SELECT, two renames. With the least repair that PostgreSQL
-- asks for: the key in the primary key.
CREATE TABLE trips_guide_partitioned (LIKE trips_guide INCLUDING DEFAULTS, PRIMARY KEY (id, created_at)) PARTITION BY RANGE (created_at);
SELECT format('CREATE TABLE trips_guide_%s PARTITION OF trips_guide_partitioned FOR VALUES FROM (%L) TO (%L)', to_char(m, 'YYYYMM'), m, m + interval '1 month')
FROM generate_series(date_trunc('month', now()) - interval '6 months', now(), interval '1 month') AS m \gexec
INSERT INTO trips_guide_partitioned SELECT * FROM trips_guide;
ALTER TABLE trips_guide RENAME TO trips_guide_old;
ALTER TABLE trips_guide_partitioned RENAME TO trips_guide;
