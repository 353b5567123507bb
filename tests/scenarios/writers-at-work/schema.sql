create table account (id bigint primary key, balance bigint not null, version bigint not null);
insert into account select id, 100, 0 from generate_series(1, 100) as id;
