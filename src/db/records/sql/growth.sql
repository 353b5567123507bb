-- How a table grew within the last 30 days that were measured. psql variable: state. No row: it was measured less than twice.
-- $1 schema, $2 name; both empty: the whole database
SELECT last.bytes - first.bytes AS bytes, EXTRACT(epoch FROM last.hour - first.hour)::pg_catalog.int8 AS seconds
FROM (SELECT hour, bytes FROM :"state".measurements
      WHERE table_schema = $1 AND table_name = $2 AND bytes IS NOT NULL AND hour > pg_catalog.now() - interval '30 days'
      ORDER BY hour LIMIT 1) AS first,
     (SELECT hour, bytes FROM :"state".measurements
      WHERE table_schema = $1 AND table_name = $2 AND bytes IS NOT NULL AND hour > pg_catalog.now() - interval '30 days'
      ORDER BY hour DESC LIMIT 1) AS last
WHERE last.hour > first.hour
