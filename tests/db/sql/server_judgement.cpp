// What the text rooms say of statements and names, against what the server says.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "sql/facts/statement_facts.hpp"
#include "sql/identifier.hpp"
#include "sql/split_identifier.hpp"
#include "support/test_database.hpp"
#include "unit/sql/transaction_cases.hpp"

using namespace tripmig;

namespace {

/// Whether the server says that it "cannot run inside a transaction block" (25001).
bool is_refused(const test::TestDatabase& database, const std::string& statement) {
    database.exec("begin");
    const std::string sqlstate = database.sqlstate_of(statement);
    database.exec("rollback");
    return sqlstate == "25001";
}

/// Needs a subscription, which needs a publisher and a superuser; is known since 17 only; or, FINALIZE, is kept apart
/// by us and not by the server.
bool is_beyond_this_test(const std::string& statement) {
    return statement.find("alter subscription") == 0 || statement.find("drop subscription") == 0 ||
           statement.find("finalize") != std::string::npos || statement == "commit" || statement == "cluster (verbose)";
}

}  // namespace

TEST_CASE("the server refuses in a transaction block what facts() says it does") {
    const test::TestDatabase database;
    database.exec("create table t (a int); create index i on t (a)");
    for (const std::string& statement : test::refused_in_transaction)
        CHECK_MESSAGE((is_beyond_this_test(statement) || is_refused(database, statement)), statement);
    for (const std::string& statement : test::allowed_in_transaction)
        CHECK_MESSAGE((is_beyond_this_test(statement) || !is_refused(database, statement)), statement);
}

TEST_CASE("what only the catalog can tell: the same statement on a plain and on a partitioned table") {
    const test::TestDatabase database;
    database.exec(
        "create table t (a int); create index i on t (a); cluster t using i;"
        "create table p (a int) partition by range (a); create index pi on p (a);"
        "create table p1 partition of p for values from (0) to (1)");
    for (const auto& entry :
         std::vector<std::pair<std::string, std::string>>{{"reindex table t", "reindex table p"},
                                                          {"reindex index i", "reindex index pi"},
                                                          {"cluster t using i", "cluster p using pi"}}) {
        CHECK(sql::facts(entry.first).refused_when_partitioned);
        CHECK_FALSE(is_refused(database, entry.first));
        CHECK_MESSAGE(is_refused(database, entry.second), entry.second);
    }
}

TEST_CASE("quote_ident is the server's for every key word") {
    const test::TestDatabase database;
    std::size_t quoted = 0;
    for (const test::Row& row : database.rows("select word, quote_ident(word), catcode = 'U' from pg_get_keywords()")) {
        const std::string ours = sql::quote_ident(*row[0]);
        const bool is_key_word_of_later_version = row[2] == "t" && ours != *row[0];
        CHECK_MESSAGE((ours == *row[1] || is_key_word_of_later_version), *row[0]);
        quoted += ours != *row[0] ? 1 : 0;
    }
    CHECK(quoted > 100);
}

TEST_CASE("quoting is the server's for odd texts, and reads back as what it was") {
    const test::TestDatabase database;
    for (const std::string& text : std::vector<std::string>{"", "a", "A", "a b", "a'b", "a\"b", "a\\b", "\\'", "''",
                                                            "a$b", "1a", "_", "ä", "한", "a;b", "\n", "select"}) {
        CHECK(sql::quote_literal(text) == database.scalar("select quote_literal($1)", {text}));
        CHECK(database.scalar("select " + sql::quote_literal(text)) == text);
        if (text.empty())
            continue;
        CHECK(sql::quote_ident(text) == database.scalar("select quote_ident($1)", {text}));
        database.exec("create table " + sql::quote_ident(text) + " ()");
        CHECK(database.scalar("select count(*) from pg_class where relname = $1", {text}) == "1");
        database.exec("drop table " + sql::quoted({"public", text}));
    }
    database.exec("set standard_conforming_strings = off");
    CHECK(database.scalar("select " + sql::quote_literal("a\\'b")) == "a\\'b");
}

TEST_CASE("names are read as the server reads them") {
    const test::TestDatabase database;
    const std::string long_name = "Aa" + std::string(58, 'x') + "한글";
    for (const std::string& name : std::vector<std::string>{
             std::string("Ordinary_1$"), std::string("\"As Is\""), std::string("ÄÖ"), std::string("\"a\"\"b\""),
             std::string("U&\"d\\0061t\\+000061\""), long_name, "\"" + long_name + "\""}) {
        database.exec("create table " + name + " ()");
        CHECK_MESSAGE(
            database.scalar(
                "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace") ==
                sql::split_identifier(name).value().front(),
            name);
        CHECK(sql::facts("create table " + name + " ()").target == sql::split_identifier(name));
        database.exec("drop table " + name);
    }
}
