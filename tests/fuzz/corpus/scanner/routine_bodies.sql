create table t (a int);
create function f1() returns int language sql begin atomic select 1; select 2; end; select 1;
create or replace function f2(a int default (case when true then 1 end)) returns int
begin atomic
  insert into t values (1); -- end;
  select case when a > 1 then (select case a when 1 then 2 else 3 end) else 4 end; /* end; */
end;
CREATE PROCEDURE p1() BEGIN ATOMIC insert into t values (';'::text::int); END; select 2;
create or replace procedure p2() Begin Atomic delete from t where a = any (array[1,2])
; select (case when true then 1 end); end; begin; select 3; end; commit;
create function f3() returns int return 1; create function f4() returns int return case when true then 1 end; select 4;
create function f5() returns text language sql as $$ begin; $$; begin; create view begin as select case when true then 1 end; end;
create function f6(begin int) returns int language sql as 'select 1;'; select 5;
create function f7() returns int language plpgsql as $begin$ begin return 1; end; $begin$; select 6;
create /* or */ or -- replace
replace function f8() returns int begin atomic; select 1; end; select 7;
create aggregate begin(int) (sfunc = int4pl, stype = int); create type case_end as (a int); select 8;
create function f9() returns int begin atomic select a[1:end]; select "end"; end; select 9;
