select 'not valid' from pg_catalog.pg_index where indexrelid = 'pooled_idx'::regclass and not indisvalid;
select 'two versions, once each' from tripmig.migrations having count(*) <> 2;
