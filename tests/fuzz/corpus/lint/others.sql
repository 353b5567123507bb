set search_path = a, b; set lock_timeout = 0; begin; drop index concurrently if exists i, j; reindex (verbose) table t; commit;
truncate only t, pt cascade; lock t in share row exclusive mode; vacuum (full off, analyze) t; cluster t using i; copy t (a) from stdin;
1
\.
delete from t using x where t.a = x.a; merge into t using x on true when matched then delete; with g as (delete from t returning *) insert into x select * from g for update;
comment on column t.a is 'x'; grant all on t to a, public; create publication p for table t, only x; do $$ begin end $$; create function f() returns int language sql as $b$ select 1 from t $b$;
