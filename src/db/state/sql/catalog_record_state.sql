-- When the schema was recorded, and whether that can be compared with now. psql variable: state. No row: it never was.
-- A server of another major version writes definitions in another way; a run that was killed changed the schema and did not record it.
SELECT pg_catalog.to_char(r.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS recorded_at,
       CASE WHEN r.server_version / 10000 <> pg_catalog.current_setting('server_version_num')::pg_catalog.int4 / 10000
            THEN 'the server was upgraded to another major version since'
            WHEN r.last_migration <> (SELECT COALESCE(pg_catalog.max(m.id), 0) FROM :"state".migrations AS m)
              OR EXISTS (SELECT FROM :"state".statements AS s WHERE s.at > r.recorded_at)
            THEN 'a run did not record the schema' END AS why_not
FROM :"state".catalog_record AS r
