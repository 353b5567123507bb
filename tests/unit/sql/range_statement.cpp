#include "sql/facts/range_statement.hpp"

#include <doctest/doctest.h>

using tripmig::sql::NameParts;
using tripmig::sql::range_statement;
using tripmig::sql::RangeStatement;

namespace {

std::string refusal(std::string_view statement) {
    return range_statement(statement).refusal;
}

std::string within(std::string_view statement) {
    const RangeStatement cut = range_statement(statement);
    CHECK_MESSAGE(cut.refusal.empty(), cut.refusal);
    return cut.within("R");
}

}  // namespace

TEST_CASE("a range is put behind the condition, which keeps its meaning and its place") {
    CHECK(within("update t set n = n + 1") == "update t set n = n + 1\nWHERE R");
    CHECK(within("UPDATE t SET n = 1 WHERE a OR b") == "UPDATE t SET n = 1 WHERE(a OR b\n) AND R");
    CHECK(within("DELETE FROM t WHERE a -- old\n OR b -- older") ==
          "DELETE FROM t WHERE(a -- old\n OR b -- older\n) AND R");
    CHECK(within("delete from t where(a)or(b)") == "delete from t WHERE((a)or(b)\n) AND R");
    CHECK(within("update t set n = (select max(m) from u where u.id = t.id) where n is null") ==
          "update t set n = (select max(m) from u where u.id = t.id) WHERE(n is null\n) AND R");
    CHECK(within("update t set n = 1 from u where u.id = t.id") ==
          "update t set n = 1 from u WHERE(u.id = t.id\n) AND R");
    CHECK(within("update t set a = 'where', b = $$ returning $$") ==
          "update t set a = 'where', b = $$ returning $$\nWHERE R");
}

TEST_CASE("the table, what the statement calls it, and what it sets") {
    const auto cut = range_statement(
        "UPDATE ONLY Shop.\"Orders\" AS o SET n = 1, (a, b) = (1, 2), c[3] = d, e.f = g IS DISTINCT FROM h");
    CHECK(cut.refusal.empty());
    CHECK(cut.table == NameParts{"shop", "Orders"});
    CHECK(cut.is_only);
    CHECK(cut.alias == "o");
    CHECK(cut.assigned == std::vector<std::string>{"n", "a", "b", "c", "e"});
    CHECK(range_statement("delete from only (t) using u where t.id = u.id").alias == "t");
    CHECK(range_statement("delete from only (t) using u where t.id = u.id").is_only);
    CHECK(range_statement("delete from t * as x where x.a").alias == "x");
    CHECK(range_statement("delete from t x").alias == "x");
    CHECK(range_statement("update t x set a = 1").alias == "x");
    CHECK(range_statement("update t set a = (b, c), d = 2 where f").assigned == std::vector<std::string>{"a", "d"});
    CHECK(range_statement("update t set (a, b) = (select c, d from u), e = 1").assigned ==
          std::vector<std::string>{"a", "b", "e"});
}

TEST_CASE("what would not be the same in ranges is refused") {
    CHECK(refusal("insert into t select 1").find("only UPDATE and DELETE") != std::string::npos);
    for (const char* cut_off :
         {"update only app.t as", "update only (t", "update t", "delete from t as", "delete from"})
        (void)range_statement(cut_off);  // whatever the server says of it
    CHECK_FALSE(refusal("update only app.t as").empty());
    CHECK(refusal("merge into t using u on true when matched then delete").find("only UPDATE") != std::string::npos);
    CHECK(refusal("with x as (select 1) update t set n = 1").find("WITH") != std::string::npos);
    CHECK(refusal("update t set n = 1 returning n").find("RETURNING") != std::string::npos);
    CHECK(refusal("delete from t where a returning *").find("RETURNING") != std::string::npos);
    CHECK(refusal("delete from t where current of c").find("cursor") != std::string::npos);
    CHECK(refusal("update t set n = (select max(n) from t)").find("reads t itself (line 1") != std::string::npos);
    CHECK(refusal("update s.t set n = 1\nfrom s.t as other where other.id = t.id").find("line 2") != std::string::npos);
    CHECK(refusal("delete from t using u join t on true where a").find("reads t itself") != std::string::npos);
    CHECK(refusal("update t set n = 1 from u, t as x where x.id = t.id").find("reads t itself") != std::string::npos);
    CHECK(refusal("update").find("name of its table") != std::string::npos);
    CHECK(refusal("update t where a").find("SET") != std::string::npos);
}

TEST_CASE("a column may have the name of its table") {
    CHECK(refusal("update status set status = 1 where status.status = 2").empty());
    CHECK(refusal("update t set n = extract(epoch from t.at)").empty());
    CHECK(refusal("update t set n = 1 where a is distinct from t.b").empty());
}
