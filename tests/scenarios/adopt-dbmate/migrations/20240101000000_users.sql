-- migrate:up
create table users (id bigint primary key, name text);

-- migrate:down
drop table users;
