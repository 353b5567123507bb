-- Of the rows that reference: those of a living order are there, those of a dead one went with it.
SELECT CASE WHEN l.id IS NULL THEN 'line lost' WHEN e.id IS NULL THEN 'line unknown' WHEN NOT e.is_alive THEN 'line risen'
            ELSE 'line stale' END AS what,
       coalesce(e.id, l.id) AS id, 'expected: ' || e::text, 'found: ' || l::text, NULL AS entry
FROM expected_line AS e FULL JOIN lines AS l USING (id)
WHERE NOT (NOT coalesce(e.is_alive, false) AND l.id IS NULL AND e.id IS NOT NULL)
  AND (e.id IS NULL OR l.id IS NULL OR NOT e.is_alive OR e.order_id <> l.order_id)
UNION ALL
SELECT 'orphan', l.id, NULL, 'found: ' || l::text, NULL FROM lines AS l WHERE NOT EXISTS (SELECT FROM orders AS o WHERE o.id = l.order_id)
LIMIT 40;
