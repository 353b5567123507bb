create table parent (id int primary key); create table t (id int primary key, a int, b int not null, c varchar(10), n numeric(5,2), chk int check (chk > 0), parent_id int references parent on delete cascade);
create table pt (k int not null) partition by range (k); create table pt1 partition of pt for values from (0) to (9);
create view v as with w as (select * from t) select * from w, parent join pt using (k) where exists (select 1 from t);
create domain positive as int check (value > 0); create type mood as enum ('sad'); create temp table x () inherits (t);
