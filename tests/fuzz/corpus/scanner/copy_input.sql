create table t (a text, b text);
copy t from stdin;
1;	'a
2	$$\\.
\N	/* "
\.
select 1; COPY t (a) FROM Stdin WITH (format csv, delimiter ';') ; -- a comment; select
"x;
y";1
\.
select count(*) from t; copy (select 'from stdin') to stdout; select 'copy t from stdin;';
copy t (a, b) from /* ; */ stdin -- where
where a is distinct from 'stdin';
it's	here; -- not a comment
\.
create table stdin (a int); copy stdin to stdout; select 2 from stdin; drop table stdin;
select 0\; copy t (a) from stdin\; copy t (b) from stdin\; select 1;
first;
\.
second;
\.
select 3
