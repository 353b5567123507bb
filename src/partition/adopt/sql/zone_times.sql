-- How far local time is ahead of UTC at some moments in each time zone of a region, in seconds: a list in the order of the moments.
-- $1 the moments, UTC, joined with ASCII's unit separator, $2 the name of one more zone, or empty
SELECT zone.name,
       pg_catalog.array_to_string(
           ARRAY(SELECT pg_catalog.date_part('epoch', (moment.at::pg_catalog.timestamptz AT TIME ZONE zone.name) - (moment.at::pg_catalog.timestamptz AT TIME ZONE 'UTC'))::pg_catalog.int8
                 FROM pg_catalog.unnest(pg_catalog.string_to_array($1, E'\x1f')) WITH ORDINALITY AS moment (at, position)
                 ORDER BY moment.position),
           E'\x1f') AS east
FROM pg_catalog.pg_timezone_names AS zone
WHERE zone.name ~ '^(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/' OR zone.name = $2
ORDER BY zone.name
