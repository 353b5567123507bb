#include "sql/facts/statement_facts.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "transaction_cases.hpp"

using namespace tripmig;
using sql::facts;
using sql::NameParts;
using sql::TransactionControl;

TEST_CASE("the kind is the same for every spelling") {
    const std::vector<std::pair<const char*, const char*>> kinds = {
        {"create table t (a int)", "create table"},
        {"CREATE UNLOGGED TABLE IF NOT EXISTS t ()", "create table"},
        {"create local temp table t ()", "create table"},
        {"create unique index on t (a)", "create index"},
        {"create or replace function f() returns int return 1", "create function"},
        {"create or replace temp recursive view v (a) as select 1", "create view"},
        {"create materialized view v as select 1", "create materialized view"},
        {"create foreign table t () server s", "create foreign table"},
        {"create foreign data wrapper w", "create foreign data wrapper"},
        {"create constraint trigger g after insert on t for each row execute function f()", "create trigger"},
        {"create event trigger g on ddl_command_end execute function f()", "create event trigger"},
        {"create trusted procedural language l", "create language"},
        {"create default conversion c for 'a' to 'b' from f", "create conversion"},
        {"create text search configuration c (parser = p)", "create text search configuration"},
        {"create user mapping for u server s", "create user mapping"},
        {"create user u", "create user"},
        {"create operator class c for type int using btree as storage int", "create operator class"},
        {"create operator === (function = f)", "create operator"},
        {"create access method m type index handler h", "create access method"},
        {"create assertion a", "unknown"},
        {"create", "unknown"},
        {"alter table t add a int", "alter table"},
        {"alter default privileges grant select on tables to u", "alter default privileges"},
        {"alter large object 1 owner to u", "alter large object"},
        {"alter role u set a = 1", "alter role"},
        {"drop materialized view if exists v", "drop materialized view"},
        {"drop owned by u", "drop owned"},
        {"drop function f(int)", "drop function"},
        {"insert into t values (1)", "insert"},
        {"with a as (select 1) insert into t select * from a", "insert"},
        {"with recursive update(x) as not materialized (delete from t returning *), values as (select 1) select 1",
         "select"},
        {"with a as (select 1) update t set a = 1", "update"},
        {"with a as (select 1) delete from t", "delete"},
        {"with a as (select 1) merge into t using a on true when matched then do nothing", "merge"},
        {"select 1", "select"},
        {"((select 1) union select 2)", "select"},
        {"values (1)", "select"},
        {"table t", "select"},
        {"truncate t", "truncate"},
        {"begin", "begin"},
        {"start transaction", "begin"},
        {"commit work", "commit"},
        {"end", "commit"},
        {"rollback", "rollback"},
        {"abort", "rollback"},
        {"rollback to a", "rollback to savepoint"},
        {"rollback prepared 'a'", "rollback prepared"},
        {"commit prepared 'a'", "commit prepared"},
        {"prepare transaction 'a'", "prepare transaction"},
        {"prepare a as select 1", "prepare"},
        {"savepoint a", "savepoint"},
        {"release a", "release savepoint"},
        {"set a.b = 1", "set"},
        {"set transaction isolation level serializable", "set transaction"},
        {"set constraints all deferred", "set constraints"},
        {"reset all", "reset"},
        {"do $$ begin end $$", "do"},
        {"call p()", "call"},
        {"copy t from stdin", "copy"},
        {"vacuum", "vacuum"},
        {"analyse t", "analyze"},
        {"refresh materialized view v", "refresh materialized view"},
        {"reindex table t", "reindex"},
        {"cluster t", "cluster"},
        {"comment on table t is 'x'", "comment"},
        {"security label on table t is 'x'", "security label"},
        {"import foreign schema s from server x into y", "import foreign schema"},
        {"grant select on t to u", "grant"},
        {"explain analyze select 1", "explain"},
        {"selekt 1", "unknown"},
        {"\"select\" 1", "unknown"},
        {"", "unknown"},
        {"'a'", "unknown"},
    };
    for (const auto& entry : kinds)
        CHECK_MESSAGE(facts(entry.first).kind == entry.second, entry.first << " is " << facts(entry.first).kind);
}

TEST_CASE("what PostgreSQL refuses in a transaction block") {
    for (const std::string& statement : test::refused_in_transaction) {
        CHECK_MESSAGE(!facts(statement).is_transactional, statement);
        CHECK_MESSAGE(!facts(statement).reason.empty(), statement);
    }
}

TEST_CASE("what it does not refuse") {
    for (const std::string& statement : test::allowed_in_transaction)
        CHECK_MESSAGE(facts(statement).is_transactional, statement);
}

TEST_CASE("what only the catalog can tell is told as such") {
    CHECK(facts("reindex table t").refused_when_partitioned);
    CHECK(facts("reindex index i").refused_when_partitioned);
    CHECK(facts("cluster t using i").refused_when_partitioned);
    CHECK_FALSE(facts("reindex table concurrently t").refused_when_partitioned);
    CHECK_FALSE(facts("reindex schema s").refused_when_partitioned);
    CHECK_FALSE(facts("cluster").refused_when_partitioned);
}

TEST_CASE("the target is spelled as in the catalog") {
    const std::vector<std::pair<const char*, NameParts>> targets = {
        {"create table Public.\"T.x\" (a int)", {"public", "T.x"}},
        {"create table if not exists t ()", {"t"}},
        {"create table if (a int)", {"if"}},
        {"create index i on s.t (a)", {"i"}},
        {"create index on t (a)", {}},
        {"create schema authorization u", {}},
        {"create schema s", {"s"}},
        {"alter table only s.t add a int", {"s", "t"}},
        {"alter table if exists U&\"d\\0061t!\" add a int", {"dat!"}},
        {"alter table U&\"d!0061t\" uescape '!' add a int", {"dat"}},
        {"alter table all in tablespace x set tablespace y", {}},
        {"alter sequence s.q restart", {"s", "q"}},
        {"drop table if exists a, b", {"a"}},
        {"drop index concurrently if exists s.i", {"s", "i"}},
        {"drop cast (int as text)", {}},
        {"insert into s.t (a) values (1)", {"s", "t"}},
        {"update only t set a = 1", {"t"}},
        {"delete from t", {"t"}},
        {"truncate table only t", {"t"}},
        {"truncate t, u", {"t"}},
        {"merge into t using s on true when matched then do nothing", {"t"}},
        {"with x as (select 1) delete from s.t", {"s", "t"}},
        {"copy s.t (a) from stdin", {"s", "t"}},
        {"copy (select 1) to stdout", {}},
        {"lock table t in share mode", {"t"}},
        {"call s.p(1)", {"s", "p"}},
        {"vacuum (full) t", {"t"}},
        {"vacuum full verbose t", {"t"}},
        {"analyze verbose t", {"t"}},
        {"reindex (verbose) table concurrently s.t", {"s", "t"}},
        {"cluster i on t", {"t"}},
        {"refresh materialized view concurrently s.v", {"s", "v"}},
        {"set local lock_timeout = '1s'", {"lock_timeout"}},
        {"set session a.b to 1", {"a", "b"}},
        {"reset statement_timeout", {"statement_timeout"}},
    };
    for (const auto& entry : targets)
        CHECK_MESSAGE(facts(entry.first).target == entry.second, std::string(entry.first));
}

TEST_CASE("transaction control is told apart") {
    const std::vector<std::pair<const char*, TransactionControl>> controls = {
        {"begin", TransactionControl::begin},
        {"start transaction read only", TransactionControl::begin},
        {"commit", TransactionControl::commit},
        {"commit transaction", TransactionControl::commit},
        {"end work", TransactionControl::commit},
        {"commit and no chain", TransactionControl::commit},
        {"commit and chain", TransactionControl::commit_and_chain},
        {"end and chain", TransactionControl::commit_and_chain},
        {"rollback", TransactionControl::rollback},
        {"abort work", TransactionControl::rollback},
        {"rollback and chain", TransactionControl::rollback_and_chain},
        {"rollback work to savepoint a", TransactionControl::rollback_to_savepoint},
        {"savepoint a", TransactionControl::savepoint},
        {"release savepoint a", TransactionControl::release},
        {"prepare transaction 'a'", TransactionControl::prepare},
        {"commit prepared 'a'", TransactionControl::none},
        {"prepare a as select 1", TransactionControl::none},
        {"select 'begin'", TransactionControl::none},
    };
    for (const auto& entry : controls)
        CHECK_MESSAGE((facts(entry.first).control == entry.second), std::string(entry.first));
    CHECK(facts("begin transaction isolation level serializable, read only").transaction_modes ==
          "isolation level serializable, read only");
    CHECK(facts("start transaction deferrable").transaction_modes == "deferrable");
    CHECK(facts("begin work").transaction_modes.empty());
    CHECK(facts("set transaction isolation level serializable").transaction_modes == "isolation level serializable");
    CHECK(facts("set transaction snapshot '1'").transaction_modes.empty());
}

TEST_CASE("CREATE INDEX is cut so that it can be made again elsewhere") {
    const sql::Facts all = facts(
        "create unique index concurrently if not exists \"My i\" on only S.\"T\" using btree (a, lower(b) desc) "
        "include (c) with (fillfactor = 70) where a > 0");
    REQUIRE(all.index);
    CHECK(all.index->is_unique);
    CHECK(all.index->is_concurrent);
    CHECK(all.is_concurrent);
    CHECK(all.index->if_not_exists);
    CHECK(all.index->name == "My i");
    CHECK(all.index->is_only);
    CHECK(all.index->table == NameParts{"s", "T"});
    CHECK(all.index->tail == "using btree (a, lower(b) desc) include (c) with (fillfactor = 70) where a > 0");

    const sql::Facts plain = facts("create index on t(a)");
    REQUIRE(plain.index);
    CHECK_FALSE(plain.index->is_unique);
    CHECK_FALSE(plain.index->is_concurrent);
    CHECK_FALSE(plain.index->if_not_exists);
    CHECK(plain.index->name.empty());
    CHECK_FALSE(plain.index->is_only);
    CHECK(plain.index->table == NameParts{"t"});
    CHECK(plain.index->tail == "(a)");

    CHECK(facts("create index if on t (a)").index->name == "if");
    CHECK(facts("create index i on t * (a)").index->tail == "(a)");
    CHECK(facts("create index concurrently on t (a)").index->name.empty());
    CHECK_FALSE(facts("create index i").index);
    CHECK_FALSE(facts("create index i on").index);
    CHECK_FALSE(facts("create table t ()").index);
}

TEST_CASE("DROP INDEX gives all its names") {
    const sql::Facts drop = facts("drop index concurrently if exists S.\"I\", j cascade");
    REQUIRE(drop.drop_index);
    CHECK(drop.drop_index->is_concurrent);
    CHECK(drop.drop_index->if_exists);
    CHECK(drop.drop_index->is_cascade);
    CHECK(drop.drop_index->names == std::vector<NameParts>{{"s", "I"}, {"j"}});
    const sql::Facts plain = facts("drop index if");
    REQUIRE(plain.drop_index);
    CHECK(plain.drop_index->names == std::vector<NameParts>{{"if"}});
    CHECK_FALSE(plain.drop_index->if_exists);
    CHECK_FALSE(plain.drop_index->is_cascade);
}

TEST_CASE("DETACH PARTITION") {
    const sql::Facts detach = facts("alter table only s.p detach partition s.c concurrently");
    REQUIRE(detach.detach);
    CHECK(detach.target == NameParts{"s", "p"});
    CHECK(detach.detach->partition == NameParts{"s", "c"});
    CHECK(detach.detach->is_concurrent);
    CHECK(facts("alter table p detach partition c finalize").detach->is_finalize);
    CHECK_FALSE(facts("alter table p detach partition c").detach->is_concurrent);
    CHECK_FALSE(facts("alter table p attach partition c default").detach);
}

TEST_CASE("strings are read as the session reads them") {
    CHECK(facts("create subscription s connection 'a\\' with (connect = false) '' publication p", false)
              .is_transactional == false);
    CHECK(facts("create subscription s connection 'a' publication p with (connect = false)", false).is_transactional);
}

TEST_CASE("the head is enough: a huge INSERT costs nothing") {
    std::string huge = "insert into t values ";
    huge.append(50'000'000, '(');
    CHECK(facts(huge).kind == "insert");
}
