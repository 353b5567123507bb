-- migrate:up transaction:false
create table a ();
-- migrate:down
drop table a;
