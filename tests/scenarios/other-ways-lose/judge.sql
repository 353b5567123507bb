-- @ is the way's name. The journal's last word for each id, else what stood before, against what the table holds.
INSERT INTO counted
WITH told AS (SELECT DISTINCT ON (id) op <> 'delete' AS is_alive, id, created_at, title
              FROM (SELECT 0 AS seq, 'set' AS op, * FROM before_@ UNION ALL SELECT * FROM journal_@) AS all_told ORDER BY id, seq DESC)
SELECT '@', (SELECT count(*) FROM journal_@),
       count(DISTINCT told.id) FILTER (WHERE told.is_alive AND found.id IS NULL),
       count(DISTINCT told.id) FILTER (WHERE told.is_alive AND (told.created_at, told.title) IS DISTINCT FROM (found.created_at, found.title) AND found.id IS NOT NULL),
       count(DISTINCT found.id) FILTER (WHERE NOT coalesce(told.is_alive, false)),
       (SELECT count(*) - count(DISTINCT id) FROM trips_@)
FROM told FULL JOIN trips_@ AS found USING (id);
