-- How far a zone's local time is ahead of UTC, from the first time on and after each change until the second, in the order of time:
-- UTC, seconds. Looked at once a day; the minute and the second of a change are looked for where there is one.
-- $1 the zone's name, $2 first time, $3 last time, UTC
WITH daily AS (
    SELECT day.at, pg_catalog.date_part('epoch', (day.at AT TIME ZONE $1::pg_catalog.text) - (day.at AT TIME ZONE 'UTC')) AS east
    FROM pg_catalog.generate_series($2::pg_catalog.timestamptz, $3::pg_catalog.timestamptz + '1 day', '1 day') AS day (at)
), changed AS (
    SELECT followed.before, followed.at - '1 day'::pg_catalog.interval AS after, followed.was, followed.east
    FROM (SELECT daily.at, daily.at AS before, daily.east, pg_catalog.lag(daily.east) OVER (ORDER BY daily.at) AS was FROM daily) AS followed
    WHERE followed.east <> followed.was
), minutes AS (
    SELECT changed.was, changed.east,
           (SELECT pg_catalog.min(m.at)
            FROM pg_catalog.generate_series(changed.after, changed.before, '1 minute') AS m (at)
            WHERE pg_catalog.date_part('epoch', (m.at AT TIME ZONE $1::pg_catalog.text) - (m.at AT TIME ZONE 'UTC')) <> changed.was) AS at
    FROM changed
), seconds AS (
    SELECT minutes.east,
           (SELECT pg_catalog.min(s.at)
            FROM pg_catalog.generate_series(minutes.at - '1 minute'::pg_catalog.interval, minutes.at, '1 second') AS s (at)
            WHERE pg_catalog.date_part('epoch', (s.at AT TIME ZONE $1::pg_catalog.text) - (s.at AT TIME ZONE 'UTC')) <> minutes.was) AS at
    FROM minutes
)
SELECT seconds.at AT TIME ZONE 'UTC' AS at, seconds.east::pg_catalog.int8 AS east FROM seconds
UNION ALL
SELECT * FROM (SELECT daily.at AT TIME ZONE 'UTC', daily.east::pg_catalog.int8 FROM daily ORDER BY daily.at LIMIT 1) AS first
ORDER BY 1
