-- tripmig archive 1
-- manifest {"after":["ALTER TABLE public.orders_2024_01 ADD CONSTRAINT orders_2024_01_pkey PRIMARY KEY (id)"],"before":["CREATE TABLE public.orders_2024_01 (\n    id bigint,\n    note text\n)"],"bounds":"FOR VALUES FROM ('1') TO ('9')","columns":["id","note"],"database":"shop","hash":"-4796098458021644223","parent":{"name":"orders","schema":"public"},"rows":2,"server_version":"15.18","table":{"name":"orders_2024_01","schema":"public"},"tool_version":"0.1.0","written_at":"2026-01-31T00:00:00Z"}
\set ON_ERROR_STOP on
BEGIN;
SET LOCAL client_encoding = 'UTF8';
SET LOCAL standard_conforming_strings = on;
SET LOCAL DateStyle = 'ISO, MDY';
SET LOCAL IntervalStyle = 'postgres';
SET LOCAL TimeZone = 'UTC';
SET LOCAL xmloption = 'content';
SET LOCAL search_path = pg_catalog, pg_temp;
CREATE TABLE public.orders_2024_01 (
    id bigint,
    note text
);
COPY public.orders_2024_01 (id, note) FROM stdin;
1	tab\tquote' back\\slash
2	\N
\.
ALTER TABLE public.orders_2024_01 ADD CONSTRAINT orders_2024_01_pkey PRIMARY KEY (id);
COMMIT;
