create table t (a int); create table log (b int);
create rule r1 as on insert to t do also (insert into log values (1); insert into log values ((2)); );
create rule r2 as on update to t do instead (update t set a = 1; select (';'), ")" from (select 1 as ")") x); select 1;
select 1); select 2)); select (3); select ((';)')); select ')'; select [1; select 2];
drop rule r1 on t; drop rule r2 on t
