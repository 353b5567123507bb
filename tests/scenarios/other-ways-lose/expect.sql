-- tripmig loses nothing; the other two lose, and the judge sees it.
select * from counted where way = 'tripmig' and lost + stale + risen + doubled <> 0;
select * from counted where way <> 'tripmig' and lost + stale + risen = 0;
select 'not all were played' from counted having count(*) <> 3;
select 'not partitioned' from pg_class where relname = 'trips_tripmig' and relkind <> 'p';
