#include <doctest/doctest.h>

#include "base/error.hpp"
#include "doctor/schema_checks.hpp"
#include "found.hpp"

using namespace tripmig::doctor;
using namespace tripmig::doctor::test;

namespace {

SchemaFacts clean_schema() {
    SchemaFacts facts;
    facts.database = "app";
    facts.invalid_indexes.facts.emplace();
    facts.unvalidated.facts.emplace();
    facts.keys.facts.emplace();
    facts.sequences.facts.emplace();
    facts.collations.facts.emplace();
    facts.without_key.facts.emplace();
    facts.rights.facts.emplace();
    return facts;
}

std::vector<Check> checks_of(const SchemaFacts& facts) {
    return check_schema(facts, [](const auto& table) { return table.name == "orders_2020_01"; });
}

std::string told_of_sequence(const Sequence& sequence) {
    SchemaFacts facts = clean_schema();
    facts.sequences.facts->push_back(sequence);
    return told(checks_of(facts), "schema.sequences");
}

Sequence sequence_at(std::int64_t value) {
    return {{"public", "a_id_seq"}, value, true, true, false, 1, 1000, "public.a.id", "integer"};
}

std::string refusal_of(const std::string& text) {
    try {
        (void)parse_rights("app", text);
        return {};
    } catch (const tripmig::Error& error) {
        return error.message();
    }
}

}  // namespace

TEST_CASE("a clean schema has nothing to tell") {
    for (const Check& check : checks_of(clean_schema()))
        CHECK_MESSAGE(told(check) == "", check.code);
}

TEST_CASE("invalid indexes: what is rebuilt, what is dropped, and what needs its parts") {
    SchemaFacts facts = clean_schema();
    facts.invalid_indexes.facts->push_back({{"public", "a_x"}, {"public", "a"}, false, true, true, {}});
    facts.invalid_indexes.facts->push_back({{"public", "a_x_ccnew1"}, {"public", "a"}, false, false, true, {}});
    facts.invalid_indexes.facts->push_back({{"public", "b_x"}, {"public", "b"}, false, true, false, {}});
    facts.invalid_indexes.facts->push_back({{"public", "p_x"}, {"public", "p"}, true, true, true, {"public.p1"}});
    const auto checks = checks_of(facts);
    const std::vector<Finding>& found = check_of(checks, "schema.invalid_indexes").findings;
    CHECK(told(checks, "schema.invalid_indexes") == "warning warning warning error");
    CHECK(found.at(0).fix.at(0).steps.at(0).sql == "REINDEX INDEX CONCURRENTLY public.a_x");
    CHECK(found.at(1).fix.at(0).steps.at(0).sql == "DROP INDEX CONCURRENTLY public.a_x_ccnew1");
    CHECK(found.at(2).fix.empty());
    CHECK(found.at(3).fix.empty());
    CHECK(has(found.at(3).reason, "public.p1"));
}

TEST_CASE("constraints that are NOT VALID") {
    SchemaFacts facts = clean_schema();
    facts.unvalidated.facts->push_back({{"public", "a"}, "Fk", true, true, {"public", "b"}});
    facts.unvalidated.facts->push_back({{"public", "a"}, "c", false, false, {}});
    const auto checks = checks_of(facts);
    const std::vector<Finding>& found = check_of(checks, "schema.unvalidated_constraints").findings;
    CHECK(found.at(0).fix.at(0).steps.at(0).sql == "ALTER TABLE public.a VALIDATE CONSTRAINT \"Fk\"");
    CHECK(found.at(1).fix.empty());
}

TEST_CASE("foreign keys without an index weigh what their table has of rows") {
    SchemaFacts facts = clean_schema();
    facts.keys.facts->push_back({{"public", "a"}, "fk", 10'000, "b_id", "public.b", false});
    facts.keys.facts->push_back({{"public", "c"}, "fk", 10'001, "b_id", "public.b", true});
    CHECK(told(checks_of(facts), "schema.foreign_keys") == "note warning");
}

TEST_CASE("sequences near their end") {
    CHECK(told_of_sequence(sequence_at(699)) == "");
    CHECK(told_of_sequence(sequence_at(700)) == "warning");
    CHECK(told_of_sequence(sequence_at(900)) == "error");
    Sequence sequence = sequence_at(900);
    sequence.cycles = true;
    CHECK(told_of_sequence(sequence) == "");
    sequence = sequence_at(0);
    sequence.last_value.reset();
    CHECK(told_of_sequence(sequence) == "");
    CHECK(told_of_sequence({{"public", "down"}, -900, true, false, false, -1, -1000, "", ""}) == "error");
    CHECK(told_of_sequence({{"public", "big"}, 1'000'000, true, true, false, 1, INT64_MAX, "", ""}) == "");
}

TEST_CASE("collations whose version changed, of the database and of their own") {
    SchemaFacts facts = clean_schema();
    facts.collations.facts->push_back({"", "2.31", "2.36"});
    facts.collations.facts->push_back({"public.german", "1", "2"});
    const auto checks = checks_of(facts);
    const std::vector<Finding>& found = check_of(checks, "schema.collations").findings;
    CHECK(told(checks, "schema.collations") == "error error");
    CHECK(has(found.at(0).remedy, "ALTER DATABASE app REFRESH COLLATION VERSION"));
    CHECK(has(found.at(1).remedy, "ALTER COLLATION public.german REFRESH VERSION"));
    CHECK(found.at(0).fix.empty());  // it would silence the warning and repair nothing
}

TEST_CASE("tables without a primary key") {
    SchemaFacts facts = clean_schema();
    facts.without_key.facts->push_back({{"public", "a"}, true});
    CHECK(told(checks_of(facts), "schema.primary_keys") == "note");
}

TEST_CASE("what a role lacks, but for tables that were detached") {
    SchemaFacts facts = clean_schema();
    (*facts.rights.facts)["app"] = {{"database", "app", "CONNECT", {}},
                                    {"schema", "public", "USAGE", {}},
                                    {"table", "public.a", "INSERT, SELECT", {"public", "a"}},
                                    {"table", "public.orders_2020_01", "SELECT", {"public", "orders_2020_01"}},
                                    {"sequence", "public.a_id_seq", "USAGE", {"public", "a"}}};
    (*facts.rights.facts)["nobody"] = {{"role", "nobody", "", {}}};
    const auto checks = checks_of(facts);
    const std::vector<Finding>& found = check_of(checks, "schema.grants").findings;
    REQUIRE(found.size() == 5);
    CHECK(found.at(0).remedy == "GRANT CONNECT ON DATABASE app TO app");
    CHECK(found.at(1).remedy == "GRANT USAGE ON SCHEMA public TO app");
    CHECK(found.at(2).remedy == "GRANT INSERT, SELECT ON TABLE public.a TO app");
    CHECK(found.at(3).remedy == "GRANT USAGE ON SEQUENCE public.a_id_seq TO app");
    CHECK(found.at(4).reason == "there is no role nobody");
}

TEST_CASE("how rights are written") {
    const ExpectedRights rights = parse_rights("app", "select, Insert on schema shop, \"Odd\"");
    CHECK(rights.rights == std::vector<std::string>{"SELECT", "INSERT"});
    CHECK(rights.schemas == std::vector<std::string>{"shop", "Odd"});
    CHECK(parse_rights("app", "SELECT").schemas == std::vector<std::string>{"public"});
    CHECK(has(refusal_of("SELECT, EVERYTHING"), "\"EVERYTHING\" is not a right on a table"));
    CHECK(refusal_of("") != "");
}

TEST_CASE("drift: not stated, none, some, and not to be seen") {
    SchemaFacts facts = clean_schema();
    CHECK(told(checks_of(facts), "schema.drift") == "");
    facts.drift = Seen<std::string>{std::string(), {}, {}};
    CHECK(told(checks_of(facts), "schema.drift") == "");
    facts.drift = Seen<std::string>{std::string("schema.sql is not the schema of the database"), {}, {}};
    CHECK(told(checks_of(facts), "schema.drift") == "warning");
    facts.drift = Seen<std::string>{std::nullopt, "there is no pg_dump", "apt-get install"};
    CHECK(told(checks_of(facts), "schema.drift") == "note");
}
