select 1\; select 2\; select 3; select 4 \; -- a comment;
select 5; begin\; select 6\; commit; create table j (a int)\; insert into j values (1)\; drop table j;
select 7\;
