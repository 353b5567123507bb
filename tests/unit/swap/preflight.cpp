#include "swap/preflight/preflight.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "base/error.hpp"
#include "job/finding.hpp"
#include "job/source/table_facts.hpp"
#include "orders.hpp"

using namespace tripmig;
using namespace tripmig::test;
using job::Finding;

namespace {

struct Case {
    db::TableInfo table = orders();
    config::PartitionPolicy policy = monthly();
    std::optional<job::Facts> facts;

    std::vector<Finding> findings() const {
        return swap::preflight(table, facts ? *facts : facts_of(table), policy, config::SwapConfig{});
    }
    /// The refusals, one line each.
    std::string refusals() const {
        std::string text;
        for (const Finding& finding : findings())
            if (finding.level == Finding::Level::refuse) {
                CHECK_FALSE(finding.hint.empty());
                text += finding.subject + ": " + finding.message + "\n";
            }
        return text;
    }
    bool refuses(const std::string& words) const { return refusals().find(words) != std::string::npos; }
    bool notes(const std::string& words) const {
        for (const Finding& finding : findings())
            if (finding.level == Finding::Level::note &&
                (finding.subject + ": " + finding.message).find(words) != std::string::npos)
                return true;
        return false;
    }
};

db::IndexInfo unique_note() {
    db::IndexInfo index;
    index.name = {"public", "orders_note_key"};
    index.columns = {"note"};
    index.is_unique = true;
    return index;
}

db::TriggerInfo trigger(const std::string& name, const std::string& source) {
    db::TriggerInfo info;
    info.name = name;
    info.is_row = info.is_before = info.on_update = true;
    info.function = "public.f";
    info.function_source = source;
    return info;
}

}  // namespace

TEST_CASE("a plain table passes, and the primary key's change is told") {
    const Case plain;
    CHECK(plain.refusals().empty());
    CHECK(plain.notes("becomes (id, at)"));
    for (const Finding& finding : plain.findings())
        CHECK_MESSAGE(finding.subject != "constraint orders_pkey", finding.message);
    CHECK_NOTHROW(job::refuse_if_any(plain.findings(), plain.table.name));
}

TEST_CASE("what cannot be a leaf, or cannot be carried, is refused by name") {
    Case odd;
    SUBCASE("a view") {
        odd.table.kind = 'v';
        CHECK(odd.refuses("is not a plain table"));
    }
    SUBCASE("an unlogged table") {
        odd.table.persistence = 'u';
        CHECK(odd.refuses("unlogged"));
    }
    SUBCASE("inheritance") {
        odd.table.has_children = true;
        CHECK(odd.refuses("inheritance"));
    }
    SUBCASE("a partition") {
        odd.table.is_leaf = true;
        CHECK(odd.refuses("is a partition"));
    }
    SUBCASE("a typed table") {
        odd.table.is_typed = true;
        CHECK(odd.refuses("typed table"));
    }
    SUBCASE("a rule") {
        odd.table.rules.push_back({"keep_out", "CREATE RULE ...", 'O', false, {}});
        CHECK(odd.refusals().empty());
        odd.table.rules.back().groups_by_key = true;
        CHECK(odd.refuses("rule keep_out: groups by the primary key"));
    }
    SUBCASE("a security label") {
        odd.table.labels = {"selinux"};
        CHECK(odd.refuses("security label"));
    }
    SUBCASE("an invalid index") {
        odd.table.indexes[1].is_valid = false;
        CHECK(odd.refuses("index orders_note: is invalid"));
    }
    SUBCASE("a unique index without the key") {
        odd.table.indexes.push_back(unique_note());
        CHECK(odd.refuses("orders_note_key: lacks at"));
        odd.policy.swap.unique_indexes = config::UniqueIndexes::key;
        CHECK(odd.refusals().empty());
        CHECK(odd.notes("orders_note_key: (note) gets at too (your choice): no longer unique without at"));
        odd.policy.swap.unique_indexes = config::UniqueIndexes::leaf;
        CHECK(odd.refusals().empty());
        CHECK(
            odd.notes("orders_note_key: each partition keeps its own over (note) (your choice): unique within each "
                      "partition only"));
        odd.table.indexes.back().is_replica_identity = true;
        CHECK(odd.refuses("orders_note_key: is the replica identity by name"));
    }
    SUBCASE("a foreign key that is not validated; a CHECK may be so") {
        odd.table.constraints.push_back({});
        odd.table.constraints.back().is_valid = false;
        CHECK(odd.refusals().empty());
        odd.table.constraints.back().name = "of_customer";
        odd.table.constraints.back().kind = 'f';
        CHECK(odd.refuses("of_customer: is NOT VALID"));
    }
    SUBCASE("a CHECK that is not inherited") {
        odd.table.constraints.push_back({});
        odd.table.constraints.back().no_inherit = true;
        CHECK(odd.refuses("NO INHERIT"));
    }
    SUBCASE("an exclusion constraint") {
        odd.table.constraints.push_back({});
        odd.table.constraints.back().kind = 'x';
        CHECK(odd.refuses("exclusion"));
    }
    SUBCASE("a column of its row type") {
        odd.table.dependents.push_back({});
        odd.table.dependents.back().description = "table holds";
        CHECK(odd.refuses("table holds"));
    }
    SUBCASE("a materialized view that something stands on") {
        db::DependentInfo view;
        view.kind = db::DependentInfo::Kind::materialized_view;
        view.description = "materialized view totals";
        view.can_alter = true;
        odd.table.dependents = {view};
        CHECK(odd.refusals().empty());
        CHECK(odd.notes("materialized view totals: is rebuilt after the cut-over"));
        odd.table.dependents.back().in_the_way = "function f()";
        CHECK(odd.refuses("totals: must be rebuilt, and function f() depends on it"));
    }
    SUBCASE("a materialized view that there is no place for") {
        odd.facts = facts_of(odd.table);
        odd.facts->matviews.emplace_back();
        odd.facts->matviews.back().view.name = {"closed", "totals"};
        CHECK(odd.refusals().empty());
        odd.facts->matviews.back().taken = "tripmig_new_totals";
        CHECK(odd.refuses("temporary name that is taken: tripmig_new_totals"));
        odd.facts->matviews.back().may_be_built = false;
        CHECK(odd.refuses("may not create in schema closed"));
    }
    SUBCASE("a publication of leaves") {
        odd.table.publications.push_back({"feed", true, false, "", true});
        CHECK(odd.refuses("publication feed"));
    }
    SUBCASE("copy without a key to follow changes by") {
        odd.policy.swap.strategy = config::SwapStrategy::copy;
        odd.table.indexes.clear();
        odd.table.constraints.clear();
        CHECK(odd.refuses("nothing identifies its rows"));
    }
    SUBCASE("a publication whose list of columns lacks the key") {
        db::PublicationInfo feed{"feed", true, true, " (id, note)", true};
        feed.columns = {"id", "note"};
        feed.row_filter = " WHERE (id > 5)";
        odd.table.publications.push_back(feed);
        CHECK(
            odd.refuses("publication feed: publishes only the columns (id, note), but the replica identity will be "
                        "(id, at): every UPDATE and DELETE of public.orders would fail"));
        const auto findings = odd.findings();
        CHECK(std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
            return finding.hint ==
                   "BEGIN; ALTER PUBLICATION feed DROP TABLE public.orders; ALTER PUBLICATION feed ADD "
                   "TABLE public.orders (id, note, at) WHERE (id > 5); COMMIT";
        }));
    }
    SUBCASE("copy of rows without a replica identity under a publication of all tables") {
        odd.policy.swap.strategy = config::SwapStrategy::copy;
        odd.table.publications.push_back({"feed", false, true, "", true});
        CHECK_FALSE(odd.refuses("no replica identity"));
        odd.table.replica_identity = 'n';
        CHECK(odd.refuses("no replica identity"));
    }
    CHECK_THROWS_AS(job::refuse_if_any(odd.findings(), odd.table.name), Error);
}

TEST_CASE("the key must be there, of a type with bounds, never null") {
    Case odd;
    SUBCASE("no such column") {
        odd.policy.key = "when";
        CHECK(odd.refuses("no such column"));
    }
    SUBCASE("text") {
        odd.policy.key = "note";
        CHECK(odd.refuses("has type text"));
    }
    SUBCASE("a number, by a month") {
        odd.policy.key = "id";
        CHECK(odd.refuses("its interval must be a number"));
    }
    SUBCASE("generated") {
        odd.table.columns[1].generated = 's';
        CHECK(odd.refuses("generated column"));
    }
    SUBCASE("rows without key") {
        odd.table.columns[1].not_null = false;
        odd.facts = facts_of(odd.table);
        odd.facts->key.nulls = 3;
        CHECK(odd.refuses("NULL in 3 rows"));
    }
    SUBCASE("keys far ahead") {
        odd.facts = facts_of(odd.table);
        odd.facts->key.newest = ddl::Bound::at(*parse_timestamp("2036-01-01"));
        CHECK(odd.refuses("more than one interval in the future"));
    }
}

TEST_CASE("a key that may be null but never is becomes NOT NULL, and that is told") {
    Case nullable;
    nullable.table.columns[1].not_null = false;
    CHECK(nullable.refusals().empty());
    CHECK(nullable.notes("becomes NOT NULL"));
}

TEST_CASE("a timestamp with a precision is a timestamp") {
    Case precise;
    precise.table.columns[1].type = "timestamp(3) without time zone";
    CHECK(precise.refusals().empty());
}

TEST_CASE("incoming foreign keys need a decision") {
    Case referenced;
    referenced.table.incoming = {lines_key()};
    CHECK(referenced.refuses("public.lines.lines_order_id_fkey"));
    referenced.policy.swap.incoming_foreign_keys = config::IncomingForeignKeys::composite;
    CHECK(referenced.refusals().empty());
    CHECK(referenced.notes("becomes (order_id, order_at) REFERENCES public.orders (id, at) ON UPDATE CASCADE"));
    referenced.facts = facts_of(referenced.table);
    referenced.facts->server_version = 140'010;
    CHECK(referenced.refuses("composite needs PostgreSQL 15"));
    referenced.facts.reset();
    referenced.policy.swap.incoming_foreign_keys = config::IncomingForeignKeys::registry;
    CHECK(referenced.refusals().empty());
    referenced.policy.swap.incoming_foreign_keys = config::IncomingForeignKeys::drop;
    CHECK(referenced.refusals().empty());
    CHECK(referenced.notes("will be dropped"));
}

TEST_CASE("the registry's conditions") {
    Case referenced;
    referenced.table.incoming = {lines_key()};
    referenced.policy.swap.incoming_foreign_keys = config::IncomingForeignKeys::registry;
    SUBCASE("its name is taken") {
        referenced.facts = facts_of(referenced.table);
        referenced.facts->taken.insert("orders_ids");
        CHECK(referenced.refuses("a relation of that name"));
    }
    SUBCASE("a key of the table to itself") {
        referenced.table.incoming[0].is_self = true;
        CHECK(referenced.refuses("its own table"));
    }
    SUBCASE("a key from a partitioned table") {
        referenced.table.incoming[0].is_partitioned = true;
        CHECK(referenced.refuses("on a partitioned table"));
    }
    SUBCASE("a key to other columns") {
        referenced.table.incoming[0].referenced = {"note"};
        CHECK(referenced.refuses("does not reference the columns of the primary key"));
    }
    SUBCASE("ids of a type that is not built in") {
        referenced.table.columns[0].type = "public.citext";
        CHECK(referenced.refuses("public.citext"));
    }
    SUBCASE("a BEFORE trigger that would change the row after the registry saw it") {
        referenced.table.triggers = {trigger("zzz_last", "BEGIN RETURN NEW; END")};
        CHECK(referenced.refuses("zzz_last"));
        referenced.table.triggers = {trigger("set_updated_at", "BEGIN NEW.updated_at := now(); RETURN NEW; END")};
        CHECK(referenced.refusals().empty());
    }
}

TEST_CASE("a trigger that may leave out a DELETE is refused with a registry, and told without") {
    Case marking;
    marking.table.triggers = {
        trigger("mark", "BEGIN UPDATE orders SET gone = true WHERE id = OLD.id;\n RETURN\n NULL; END")};
    marking.table.triggers[0].on_update = false;
    marking.table.triggers[0].on_delete = true;
    CHECK(marking.refusals().empty());
    CHECK(marking.notes("If it returns NULL for such a row, the UPDATE"));
    marking.policy.swap.unique_ids = true;
    CHECK(marking.refuses("mark: public.f can return NULL before a DELETE"));
    marking.table.triggers[0].is_before = false;
    CHECK(marking.refusals().empty());
    CHECK_FALSE(marking.notes("If it returns NULL"));
}

TEST_CASE("a BEFORE trigger that assigns the key is refused; one that reads it is not") {
    Case triggered;
    const auto refuses = [&](const std::string& source) {
        triggered.table.triggers = {trigger("stamp", source)};
        return triggered.refuses("stamp: public.f assigns NEW.at");
    };
    CHECK(refuses("BEGIN NEW.at := now(); RETURN NEW; END"));
    CHECK(refuses("begin\n  new . \"at\" = now();\n return new; end"));
    CHECK(refuses("BEGIN SELECT now() INTO NEW.at; RETURN NEW; END"));
    CHECK(refuses("BEGIN IF TG_OP = 'INSERT' THEN NEW.at := now(); END IF; RETURN NEW; END"));
    CHECK_FALSE(refuses("BEGIN IF NEW.at = OLD.at THEN RETURN NEW; END IF; RETURN NULL; END"));
    CHECK_FALSE(refuses("BEGIN NEW.at_local := NEW.at; RETURN NEW; END"));
}

TEST_CASE("a missing right is its own exit code") {
    Case stranger;
    SUBCASE("not the owner") {
        stranger.table.can_alter = false;
    }
    SUBCASE("no CREATE on the schema") {
        stranger.table.can_create_in_schema = false;
    }
    SUBCASE("a view of somebody else") {
        stranger.table.dependents.push_back({});
        stranger.table.dependents.back().kind = db::DependentInfo::Kind::view;
        stranger.table.dependents.back().description = "view v";
    }
    try {
        job::refuse_if_any(stranger.findings(), stranger.table.name);
        FAIL("it passed");
    } catch (const Error& error) {
        CHECK(error.code() == ExitCode::no_privilege);
    }
}

TEST_CASE("row security that hides rows from us is refused") {
    Case secured;
    secured.table.row_security = secured.table.force_row_security = true;
    CHECK(secured.refuses("FORCE ROW LEVEL SECURITY"));
    secured.table.bypasses_row_security = true;
    CHECK(secured.refusals().empty());
}

TEST_CASE("a hint stands under the refusal that it belongs to") {
    Case odd;
    odd.table.indexes[1].is_valid = false;
    try {
        job::refuse_if_any(odd.findings(), odd.table.name);
        FAIL("it passed");
    } catch (const Error& error) {
        CHECK(error.message() == "public.orders cannot be swapped:\n  index orders_note: is invalid");
        CHECK(error.hint() ==
              "REINDEX INDEX CONCURRENTLY public.orders_note, or DROP INDEX CONCURRENTLY public.orders_note");
    }
    odd.table.persistence = 'u';
    try {
        job::refuse_if_any(odd.findings(), odd.table.name);
        FAIL("it passed");
    } catch (const Error& error) {
        CHECK(error.message() ==
              "public.orders cannot be swapped:\n  table public.orders: is unlogged\n    hint: ALTER TABLE "
              "public.orders SET LOGGED first; it rewrites the table under a lock\n  index orders_note: is invalid\n"
              "    hint: REINDEX INDEX CONCURRENTLY public.orders_note, or DROP INDEX CONCURRENTLY "
              "public.orders_note");
        CHECK(error.hint().empty());
    }
}
