create table pooled (id bigint primary key);
