-- pgslice's order, as its README has it, step by step in the SQL it sends: prep, add_partitions, fill in batches of 10,000 by id, analyze,
-- swap, fill --swapped.
CREATE TABLE trips_pgslice_intermediate (LIKE trips_pgslice INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE INCLUDING COMMENTS)
    PARTITION BY RANGE (created_at);
SELECT format('CREATE TABLE trips_pgslice_%s PARTITION OF trips_pgslice_intermediate (PRIMARY KEY (id)) FOR VALUES FROM (%L) TO (%L)',
              to_char(m, 'YYYYMM'), m, m + interval '1 month')
FROM generate_series(date_trunc('month', now()) - interval '6 months', now(), interval '1 month') AS m \gexec
SELECT format('INSERT INTO trips_pgslice_intermediate SELECT * FROM trips_pgslice WHERE id > %s AND id <= %s', g, g + 10000)
FROM generate_series(0, (SELECT max(id) FROM trips_pgslice), 10000) AS g \gexec
ANALYZE VERBOSE trips_pgslice_intermediate;
BEGIN;
SET LOCAL lock_timeout = '5s';
ALTER TABLE trips_pgslice RENAME TO trips_pgslice_retired;
ALTER TABLE trips_pgslice_intermediate RENAME TO trips_pgslice;
ALTER SEQUENCE trips_pgslice_id_seq OWNED BY trips_pgslice.id;
COMMIT;
SELECT format('INSERT INTO trips_pgslice SELECT * FROM trips_pgslice_retired WHERE id > %s', coalesce(max(id), 0)) FROM trips_pgslice
WHERE id < (SELECT max(id) FROM trips_pgslice_retired) \gexec
