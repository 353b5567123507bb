select 1 +-- a comment; not an operator
2; select 2*/* a comment; */3; select 5 -/* ; */- 1; select @-1, @/* ; */ -1;
select 1<-1, 1=-1, 2^-1, '{"a;":1}'::jsonb->>'a;', '{"a":1}'::jsonb ?'a', '{1}'::int[] @> '{1}';
select (array[1,2,3])[1:2], 1::int, 1.5e-3, 1., .5, 1e5; select 1 as a, 2 as b;
select :x, :'y;', :"z;", :{?q;}; select 1:: int;
select a[1:n;], 1..2;]; select 1 |/* ; */| 2; select ~-1, !!-1, 1%-1;
select $a; select $; select `;`; select {;}; select a:=1; select f(a=>1);
