-- The writers have written.
select 'no write arrived' from account having sum(version) <= 1000;
-- Nobody's money is lost, and no transaction is half done.
select 'the sum differs', sum(balance) from account having sum(balance) <> 100 * 100;
