-- tripmig: ignore-file=set-not-null small
alter table t add column x int not null default random(), alter a type bigint using a::bigint, drop b cascade, add constraint c check (a is not null) not valid, validate constraint c;
-- tripmig: ignore=rename-table nobody
alter table only t rename to t2; alter table pt attach partition pt1 default; alter table pt detach partition pt1 concurrently;
alter index i attach partition j; alter domain positive add check (value < 9); alter type mood add value 'ok'; alter sequence s owned by t.a;
