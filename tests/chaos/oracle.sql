-- The judge. Plain SQL over the writers' own journal; none of tripmig's code, names or state is read. Runs when the last writer has
-- stopped. One line for each thing that is wrong: what, and of which row. No line: every acknowledged change is there, once, equal;
-- what was refused is not there; nothing is there by half.
SET TimeZone = 'UTC';

CREATE TEMP TABLE emptied AS SELECT coalesce(max(seq), 0) AS seq FROM journal WHERE op = 'truncate';

-- Each row's last word.
CREATE TEMP TABLE expected AS
SELECT DISTINCT ON (id) id, seq, op = 'set' AS is_alive, at, note, amount, customer
FROM (SELECT 0 AS seq, 'set' AS op, id, at, note, amount, customer FROM before
      UNION ALL SELECT seq, op, id, at, note, amount, customer FROM journal WHERE op IN ('set', 'delete')) AS told
WHERE seq >= (SELECT seq FROM emptied)
ORDER BY id, seq DESC;

CREATE TEMP TABLE found AS SELECT tableoid::regclass::text AS leaf, id, at, note, amount, customer, twice, filler = repeat('x', 2400) AS is_full FROM orders;

CREATE TEMP TABLE expected_line AS
SELECT last.id, last.order_id,
       last.op = 'line' AND EXISTS (SELECT FROM expected WHERE expected.id = last.order_id AND is_alive)
       AND NOT EXISTS (SELECT FROM journal AS later WHERE later.op = 'delete' AND later.id = last.order_id AND later.seq > last.seq) AS is_alive
FROM (SELECT DISTINCT ON (id) id, seq, op, order_id
      FROM (SELECT 0 AS seq, 'line' AS op, id, id AS order_id FROM before WHERE id > :untouched
            UNION ALL SELECT seq, op, id, order_id FROM journal WHERE op IN ('line', 'no line')) AS told
      WHERE seq >= (SELECT seq FROM emptied)
      ORDER BY id, seq DESC) AS last;
ANALYZE expected, found, expected_line;

SELECT CASE WHEN f.id IS NULL THEN 'lost' WHEN e.id IS NULL THEN 'unknown' WHEN NOT e.is_alive THEN 'risen' ELSE 'stale' END AS what,
       coalesce(e.id, f.id) AS id, 'expected: ' || e::text AS expected, 'found: ' || f::text AS found,
       'entry ' || e.seq || ' of writer ' || (SELECT writer || ', transaction ' || tx FROM journal WHERE seq = e.seq) AS entry
FROM expected AS e FULL JOIN found AS f USING (id)
WHERE NOT (NOT coalesce(e.is_alive, false) AND f.id IS NULL AND e.id IS NOT NULL)
  AND (e.id IS NULL OR f.id IS NULL OR NOT e.is_alive
       OR (e.at, e.note, e.amount, e.customer, e.amount * 2, true)
          IS DISTINCT FROM (f.at, f.note, f.amount, f.customer, f.twice, f.is_full))
UNION ALL
SELECT 'doubled', id, 'times: ' || count(*), string_agg(f::text, ' '), NULL FROM found AS f GROUP BY id HAVING count(*) > 1
UNION ALL
SELECT 'acknowledged, and no entry', a.tx, 'writer ' || a.writer, NULL, NULL
FROM acknowledged AS a WHERE NOT EXISTS (SELECT FROM journal AS j WHERE (j.writer, j.tx) = (a.writer, a.tx))
UNION ALL
SELECT 'refused, and yet there', r.tx, 'writer ' || r.writer, NULL, NULL
FROM refused AS r WHERE EXISTS (SELECT FROM journal AS j WHERE (j.writer, j.tx) = (r.writer, r.tx))
LIMIT 40;
