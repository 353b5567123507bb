// What verify hashes of a row: equal rows alike, whatever the session's settings; any one value that differs is seen.
#include "backfill/verify.hpp"

#include <doctest/doctest.h>

#include <fmt/format.h>

#include "support/workbench.hpp"

using namespace tripmig;
using namespace tripmig::test;

namespace {

struct Typed {
    const char* type;
    const char* value;
    const char* other;  ///< equal to `value` for its type where it can be
};

constexpr Typed columns[]{
    {"bigint", "1", "2"},
    {"integer", "1", "2"},
    {"smallint", "1", "2"},
    {"boolean", "true", "false"},
    {"uuid", "'00000000-0000-0000-0000-000000000001'", "'00000000-0000-0000-0000-000000000002'"},
    {"date", "'2026-01-31'", "'infinity'"},
    {"bytea", "'\\x01'", "'\\x02'"},
    {"timestamp(3)", "'2026-01-31 10:00'", "'2026-01-31 10:00:00.001'"},
    {"timestamptz", "'2026-01-31 10:00+00'", "'2026-01-31 10:00+01'"},
    {"text", "'a'", "'A'"},
    {"varchar(5)", "'a'", "'a '"},
    {"numeric", "1.0", "1.00"},
    {"json", "'{\"a\":1}'", "'{\"a\": 1}'"},
    {"jsonb", "'{\"a\":1.0}'", "'{\"a\":1.00}'"},
    {"float8", "'0'", "'-0'"},
    {"int[]", "'{1}'", "'[2:2]={1}'"},
    {"interval", "'1 day'", "'24 hours'"},
    {"inet", "'10.0.0.1'", "'10.0.0.1/24'"},
};

/// One table of all types, its columns nullable or not, with one row; `changed`: the column that differs in it.
std::string hash(Workbench& bench, bool is_nullable, int changed, bool is_null = false) {
    std::string definitions;
    std::string values;
    std::vector<std::string> names;
    for (int i = 0; i < static_cast<int>(std::size(columns)); ++i) {
        names.push_back(fmt::format("c{}", i));
        definitions +=
            fmt::format("{}c{} {}{}", i == 0 ? "" : ", ", i, columns[i].type, is_nullable ? "" : " NOT NULL");
        values += fmt::format("{}{}", i == 0 ? "" : ", ",
                              i != changed ? columns[i].value
                              : is_null    ? "NULL"
                                           : columns[i].other);
    }
    bench.database.exec(
        fmt::format("DROP TABLE IF EXISTS t; CREATE TABLE t ({}); INSERT INTO t VALUES ({})", definitions, values));
    const std::string expression = backfill::row_hash(bench.table("t"), names);
    return bench.database.scalar("SELECT " + expression + " FROM t AS r");
}

}  // namespace

TEST_CASE("a row that differs in one value, or is NULL in one, has another hash") {
    Workbench bench;
    for (const bool is_nullable : {false, true}) {
        const std::string same = hash(bench, is_nullable, -1);
        CHECK(same == hash(bench, is_nullable, -1));
        for (int i = 0; i < static_cast<int>(std::size(columns)); ++i) {
            CHECK_MESSAGE(hash(bench, is_nullable, i) != same, std::string(columns[i].type));
            if (is_nullable)
                CHECK_MESSAGE(hash(bench, true, i, true) != same, std::string(columns[i].type));
        }
    }
}

TEST_CASE("values in each other's place are seen; more columns than one expression takes") {
    Workbench bench;
    std::string definitions;
    std::vector<std::string> names;
    for (int i = 0; i < 300; ++i) {
        names.push_back(fmt::format("c{}", i));
        definitions += fmt::format("{}c{} bigint NOT NULL DEFAULT 0", i == 0 ? "" : ", ", i);
    }
    bench.database.exec("CREATE TABLE wide (" + definitions + ")");
    bench.database.exec("INSERT INTO wide (c0, c1) VALUES (1, 2), (2, 1); INSERT INTO wide (c290) VALUES (1), (1)");
    const std::string expression = backfill::row_hash(bench.table("wide"), names);
    CHECK(bench.database.scalar("SELECT count(DISTINCT " + expression + ") FROM wide AS r") == "3");
    CHECK(bench.database.scalar("SELECT count(DISTINCT h) FROM (SELECT sum(" + expression +
                                ") AS h FROM wide AS r WHERE c0 = 1 UNION ALL SELECT sum(" + expression +
                                ") FROM wide AS r WHERE c0 = 2) AS s") == "2");
}
