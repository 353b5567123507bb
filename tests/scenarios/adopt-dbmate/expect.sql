select 'adopted twice, applied once', kind, count(*) from tripmig.migrations where undone_at is null group by kind
having (kind = 'adopted') <> (count(*) = 2) and kind <> 'U';
select 'the new column is missing' where not exists (select from pg_catalog.pg_attribute where attrelid = 'users'::regclass and attname = 'mail');
