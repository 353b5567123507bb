-- What of the state schema can't be trusted: one row for each fault, the worst first. No rows: all of it is ours and nobody else may
-- write it. psql variable: state. Needs search_path = pg_catalog (expressions are compared as text) and quote_all_identifiers = off.
-- fault: the object and what is wrong with it. remedy: what to do about it. grants: a remedy that the owner may run at once.
-- is_foreign: a relation that has the name of one of ours and is somebody else's.
WITH place AS (
    SELECT n.oid, n.nspname, n.nspowner FROM pg_catalog.pg_namespace AS n WHERE n.nspname = :'state'),
columns_ (relname, attname, typname) AS (VALUES
    ('meta', 'one', 'bool'), ('meta', 'version', 'int4'), ('meta', 'tool_version', 'text'),
    ('migrations', 'id', 'int8'), ('migrations', 'kind', 'text'), ('migrations', 'version', 'text'),
    ('migrations', 'description', 'text'), ('migrations', 'file', 'text'), ('migrations', 'sha256', 'text'),
    ('migrations', 'sha256_tokens', 'text'), ('migrations', 'applied_at', 'timestamptz'), ('migrations', 'applied_by', 'text'),
    ('migrations', 'duration_ms', 'int8'), ('migrations', 'batch', 'int8'), ('migrations', 'tool_version', 'text'),
    ('migrations', 'git_revision', 'text'), ('migrations', 'locks', 'jsonb'), ('migrations', 'undone_at', 'timestamptz'),
    ('statements', 'file', 'text'), ('statements', 'ordinal', 'int4'), ('statements', 'sha256', 'text'),
    ('statements', 'state', 'text'), ('statements', 'at', 'timestamptz'),
    ('jobs', 'id', 'int8'), ('jobs', 'kind', 'text'), ('jobs', 'table_schema', 'text'), ('jobs', 'table_name', 'text'),
    ('jobs', 'stage', 'text'), ('jobs', 'state', 'jsonb'), ('jobs', 'tool_version', 'text'), ('jobs', 'created_at', 'timestamptz'),
    ('jobs', 'updated_at', 'timestamptz'), ('jobs', 'finished_at', 'timestamptz'),
    ('detached', 'table_oid', 'oid'), ('detached', 'table_schema', 'text'), ('detached', 'table_name', 'text'),
    ('detached', 'parent_schema', 'text'), ('detached', 'parent_name', 'text'), ('detached', 'bounds', 'text'),
    ('detached', 'action', 'text'), ('detached', 'detached_at', 'timestamptz'), ('detached', 'due_at', 'timestamptz'),
    ('detached', 'is_clean', 'bool'),
    ('audit', 'id', 'int8'), ('audit', 'started_at', 'timestamptz'), ('audit', 'ended_at', 'timestamptz'), ('audit', 'command', 'text'),
    ('audit', 'options', 'text'), ('audit', 'os_user', 'text'), ('audit', 'host', 'text'), ('audit', 'pid', 'int8'),
    ('audit', 'db_role', 'text'), ('audit', 'application', 'text'), ('audit', 'client_address', 'text'),
    ('audit', 'tool_version', 'text'), ('audit', 'exit_code', 'int4'), ('audit', 'message', 'text'),
    ('catalog', 'kind', 'text'), ('catalog', 'name', 'text'), ('catalog', 'about', 'text'), ('catalog', 'definition', 'text'),
    ('catalog_record', 'one', 'bool'), ('catalog_record', 'recorded_at', 'timestamptz'), ('catalog_record', 'server_version', 'int4'),
    ('catalog_record', 'last_migration', 'int8'),
    ('measurements', 'table_schema', 'text'), ('measurements', 'table_name', 'text'), ('measurements', 'hour', 'timestamptz'),
    ('measurements', 'bytes', 'int8'), ('measurements', 'rows', 'int8'), ('measurements', 'partitions', 'int8'),
    ('measurements', 'job_rate', 'int8'), ('measurements', 'job_backlog', 'int8'), ('measurements', 'job_wait_ms', 'int8')),
-- Everything in these tables that the server evaluates when a row is written, as pg_get_expr() spells it.
expressions (relname, expression) AS (VALUES
    ('meta', 'true'), ('meta', 'one'),
    ('migrations', 'clock_timestamp()'), ('migrations', 'SESSION_USER'),
    ('migrations', '(kind = ANY (ARRAY[''V''::text, ''R''::text, ''U''::text, ''baseline''::text, ''adopted''::text]))'),
    ('migrations', '((undone_at IS NULL) AND (kind = ANY (ARRAY[''V''::text, ''baseline''::text, ''adopted''::text])))'),
    ('migrations', '(kind = ''R''::text)'),
    ('statements', '(state = ANY (ARRAY[''started''::text, ''done''::text]))'), ('statements', 'clock_timestamp()'),
    ('jobs', 'clock_timestamp()'), ('jobs', '(finished_at IS NULL)'),
    ('detached', '(action = ANY (ARRAY[''detach''::text, ''drop''::text, ''archive''::text]))'),
    ('audit', 'clock_timestamp()'), ('audit', 'SESSION_USER'),
    ('catalog_record', 'true'), ('catalog_record', 'one')),
own AS (
    SELECT c.oid, c.relname, c.relkind, c.relowner, c.relacl, c.relrowsecurity OR c.relforcerowsecurity AS has_row_security,
           pg_catalog.format('%I.%I', place.nspname, c.relname) AS name, place.oid AS place,
           pg_catalog.substring(c.relname, '^log_([0-9]+)$') AS job
    FROM place
    JOIN pg_catalog.pg_class AS c ON c.relnamespace = place.oid
    WHERE c.relkind NOT IN ('i', 'I', 'c', 'S')
      AND (c.relname IN (SELECT columns_.relname FROM columns_)
           -- A job's tables are known by the function that fills its log.
           OR c.relname ~ '^(log|chunks|touched)_[0-9]+$'
              AND EXISTS (SELECT FROM pg_catalog.pg_proc AS p
                          WHERE p.pronamespace = place.oid AND p.pronargs = 0
                            AND p.proname = pg_catalog.regexp_replace(c.relname, '^[a-z]+', 'capture')))),
functions AS (
    SELECT p.oid, p.proowner, p.proacl, pg_catalog.format('%I.%I()', place.nspname, p.proname) AS name,
           pg_catalog.substring(p.proname, '[0-9]+$') AS job
    FROM place
    JOIN pg_catalog.pg_proc AS p ON p.pronamespace = place.oid
    WHERE p.pronargs = 0
      AND p.proname ~ '^capture_(old_|truncate_)?[0-9]+$'
      AND EXISTS (SELECT FROM own WHERE own.job = pg_catalog.substring(p.proname, '[0-9]+$'))),
objects AS (
    SELECT 'TABLE' AS kind, own.name, own.relowner AS owner, own.relacl AS acl, own.job FROM own
    UNION ALL
    SELECT 'TABLE', own.name, own.relowner, a.attacl, own.job
    FROM own JOIN pg_catalog.pg_attribute AS a ON a.attrelid = own.oid AND a.attacl IS NOT NULL
    UNION ALL
    SELECT 'SEQUENCE', pg_catalog.format('%I.%I', place.nspname, s.relname), s.relowner, s.relacl, NULL
    FROM own
    JOIN pg_catalog.pg_depend AS d ON d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = own.oid
     AND d.classid = d.refclassid AND d.deptype IN ('a', 'i')
    JOIN pg_catalog.pg_class AS s ON s.oid = d.objid AND s.relkind = 'S'
    JOIN place ON place.oid = s.relnamespace
    UNION ALL
    SELECT 'FUNCTION', name, proowner, COALESCE(proacl, pg_catalog.acldefault('f', proowner)), job FROM functions),
grants AS (
    SELECT objects.kind, objects.name,
           CASE item.grantee WHEN 0 THEN 'PUBLIC'
                ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(item.grantee)) END AS grantee,
           pg_catalog.string_agg(DISTINCT item.privilege_type, ', ') AS privileges
    FROM objects
    CROSS JOIN LATERAL pg_catalog.aclexplode(objects.acl) AS item
    WHERE NOT (item.privilege_type = 'SELECT' AND objects.kind <> 'FUNCTION')
      AND CASE WHEN item.grantee = 0 THEN true ELSE NOT pg_catalog.pg_has_role(item.grantee, objects.owner, 'MEMBER') END
      -- The table's owner, as whom the capture functions run.
      AND NOT (item.privilege_type = 'INSERT' AND item.grantee IN (SELECT f.proowner FROM functions AS f WHERE f.job = objects.job))
    GROUP BY 1, 2, 3),
faults (rank, fault, remedy, grants) AS (
    SELECT 1, pg_catalog.format('the schema %I belongs to %I', place.nspname, r.rolname),
           pg_catalog.format('ALTER SCHEMA %I OWNER TO %I', place.nspname, CURRENT_USER), false
    FROM place
    JOIN pg_catalog.pg_roles AS r ON r.oid = place.nspowner
    WHERE NOT pg_catalog.pg_has_role(place.nspowner, 'MEMBER') AND NOT r.rolsuper AND r.rolname <> 'pg_database_owner'
      AND r.oid <> (SELECT datdba FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
    UNION ALL
    SELECT 2, pg_catalog.format('%s is not a table of tripmig''s', own.name),
           'choose another `schema` in [state], or rename that relation', false
    FROM own WHERE own.relkind <> 'r'
    UNION ALL
    SELECT 2, pg_catalog.format('%s is not a table of tripmig''s: it has no column %s', own.name,
                             pg_catalog.string_agg(pg_catalog.format('%I %s', columns_.attname, columns_.typname), ', ')),
           'choose another `schema` in [state], or rename that table', false
    FROM own
    JOIN columns_ ON columns_.relname = own.relname
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_attribute AS a
                      JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
                      WHERE a.attrelid = own.oid AND a.attname = columns_.attname AND NOT a.attisdropped
                        AND t.typname = columns_.typname AND t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace)
    GROUP BY own.name
    UNION ALL
    SELECT 3, pg_catalog.format('%s belongs to %I, and %I is not a member of that role', known.name, r.rolname, CURRENT_USER),
           pg_catalog.format('run as %I, or let it: GRANT %I TO %I', r.rolname, r.rolname, CURRENT_USER), false
    FROM (SELECT name, relowner AS owner FROM own UNION ALL SELECT name, proowner FROM functions) AS known
    JOIN pg_catalog.pg_roles AS r ON r.oid = known.owner
    WHERE NOT pg_catalog.pg_has_role(known.owner, 'MEMBER')
    UNION ALL
    SELECT 4, pg_catalog.format('%s has the trigger %I, which is not tripmig''s', own.name, t.tgname),
           pg_catalog.format('DROP TRIGGER %I ON %s', t.tgname, own.name), false
    FROM own JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = own.oid AND NOT t.tgisinternal
    UNION ALL
    SELECT 4, pg_catalog.format('%s has the rule %I, which is not tripmig''s', own.name, r.rulename),
           pg_catalog.format('DROP RULE %I ON %s', r.rulename, own.name), false
    FROM own JOIN pg_catalog.pg_rewrite AS r ON r.ev_class = own.oid
    WHERE own.relkind = 'r'
    UNION ALL
    SELECT 4, pg_catalog.format('%s has the policy %I, which is not tripmig''s', own.name, p.polname),
           pg_catalog.format('DROP POLICY %I ON %s', p.polname, own.name), false
    FROM own JOIN pg_catalog.pg_policy AS p ON p.polrelid = own.oid
    UNION ALL
    SELECT 4, pg_catalog.format('%s has row security', own.name),
           pg_catalog.format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY', own.name), false
    FROM own WHERE own.has_row_security
    UNION ALL
    SELECT 4, pg_catalog.format('%s has %s, which is not tripmig''s: %s', own.name, found.what, found.expression),
           pg_catalog.format('drop it (\d %s shows it)', own.name), false
    FROM own
    CROSS JOIN LATERAL (
        SELECT pg_catalog.format('a default of %I', a.attname), pg_catalog.pg_get_expr(d.adbin, d.adrelid)
        FROM pg_catalog.pg_attrdef AS d JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
        WHERE d.adrelid = own.oid
        UNION ALL
        SELECT pg_catalog.format('the constraint %I', k.conname),
               CASE k.contype WHEN 'c' THEN pg_catalog.pg_get_expr(k.conbin, k.conrelid) ELSE pg_catalog.pg_get_constraintdef(k.oid) END
        FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = own.oid AND k.contype IN ('c', 'x', 'f')
        UNION ALL
        SELECT pg_catalog.format('the index %s', i.indexrelid::pg_catalog.regclass), pg_catalog.pg_get_expr(each.tree, i.indrelid)
        FROM pg_catalog.pg_index AS i CROSS JOIN LATERAL (VALUES (i.indexprs), (i.indpred)) AS each (tree)
        WHERE i.indrelid = own.oid AND each.tree IS NOT NULL) AS found (what, expression)
    WHERE own.relname IN (SELECT columns_.relname FROM columns_)
      AND NOT EXISTS (SELECT FROM expressions WHERE expressions.relname = own.relname AND expressions.expression = found.expression)
    UNION ALL
    SELECT 4, pg_catalog.format('%s has the child table %s', own.name, i.inhrelid::pg_catalog.regclass),
           pg_catalog.format('ALTER TABLE %s NO INHERIT %s', i.inhrelid::pg_catalog.regclass, own.name), false
    FROM own JOIN pg_catalog.pg_inherits AS i ON i.inhparent = own.oid
    UNION ALL
    SELECT 5, pg_catalog.format('%s has %s on %s', grants.grantee, grants.privileges, grants.name),
           pg_catalog.format('REVOKE %s ON %s %s FROM %s', grants.privileges, grants.kind, grants.name, grants.grantee), true
    FROM grants)
SELECT fault, remedy, grants, rank = 2 AS is_foreign FROM faults ORDER BY rank, fault
