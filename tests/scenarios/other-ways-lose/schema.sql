-- Three like tables, for three ways to partition, each with its writers' journal beside it.
SET client_min_messages = warning;
DO $$
DECLARE way text;
BEGIN
    FOREACH way IN ARRAY ARRAY['guide', 'pgslice', 'tripmig'] LOOP
        EXECUTE format('CREATE TABLE trips_%1$s (id bigserial PRIMARY KEY, created_at timestamp NOT NULL, title text NOT NULL)', way);
        EXECUTE format('INSERT INTO trips_%1$s (created_at, title) SELECT date_trunc(''day'', now()) - g %% 150 * interval ''1 day'', ''trip '' || g FROM generate_series(1, 200000) AS g', way);
        EXECUTE format('CREATE TABLE before_%1$s AS SELECT * FROM trips_%1$s', way);
        EXECUTE format('CREATE TABLE journal_%1$s (seq bigserial PRIMARY KEY, op text, id bigint, created_at timestamp, title text)', way);
    END LOOP;
END $$;
CREATE TABLE counted (way text PRIMARY KEY, entries bigint, lost bigint, stale bigint, risen bigint, doubled bigint);
