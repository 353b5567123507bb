-- tripmig: transaction=off lock_timeout=2s
-- tripmig: requires=V3
\i a.sql
\ir 'b c.sql'
\restrict x
-- tripmig: statement retry=off
-- tripmig: ignore=RULE why
create unique index concurrently if not exists i on only ${a}.t using btree (a) where a > 0;
-- tripmig: batch by=id size=5 pause=1ms
with a as (select 1) update t set a = 1;
alter table p detach partition c concurrently; drop index concurrently a, b cascade;
reindex (verbose, concurrently) table t; create subscription s connection '' publication p with (connect = false);
begin isolation level serializable; commit and chain; rollback to a; prepare transaction 'x';
