#include "swap/revert.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "../../support/unit_text.hpp"
#include "base/error.hpp"
#include "ddl/replacement/replacement.hpp"
#include "orders.hpp"

using namespace tripmig;
using namespace tripmig::test;

namespace {

db::IndexInfo index_over(const std::string& name, std::vector<std::string> columns, bool is_primary = false) {
    db::IndexInfo index;
    index.name = {"public", name};
    index.columns = std::move(columns);
    index.is_unique = index.is_primary = index.is_constraint = is_primary;
    return index;
}

/// public.orders after its cut-over, with the old table as it is called then.
swap::RevertFacts facts_after_cut_over(const std::string& old_name) {
    swap::RevertFacts facts;
    facts.parent = orders();
    facts.parent.indexes = {index_over("orders_pkey", {"id", "at"}, true), index_over("orders_note", {"note"})};
    facts.past = orders();
    facts.past.name = {"public", old_name};
    facts.past.sequences.clear();
    facts.past.indexes = {index_over(old_name + "_pkey", {"id"}, true),
                          index_over(ddl::leaf_object_name("orders_note", facts.past.name), {"note"})};
    facts.other_leaves = {{"public", "orders_2026_12"}};
    facts.index_names = {{"orders_pkey", old_name + "_pkey"},
                         {"orders_note", ddl::leaf_object_name("orders_note", facts.past.name)}};
    return facts;
}

job::State state_after_cut_over(const std::string& old_name) {
    job::State state;
    state.job = 4;
    state.table = {"public", "orders"};
    state.stage = job::Stage::complete;
    state.key = "at";
    state.key_type = "timestamp without time zone";
    state.interval = "1 month";
    state.old_name = old_name;
    state.primary_key = {"id"};
    return state;
}

}  // namespace

TEST_CASE("revert of attach: all locks first, empty partitions are checked, then the tables change places") {
    const swap::RevertFacts facts = facts_after_cut_over("orders_past");
    job::State state = state_after_cut_over("orders_past");
    state.kind = job::AttachJob{{}, {}, "2026-12-01 00:00:00"};
    state.edit_swap().key_was_nullable = true;
    const Unit unit = swap::revert_unit(facts, state, "tripmig");
    CHECK(unit.transaction == Transaction::inside);
    CHECK(locks_of(unit) == std::vector<std::string>{"public.orders", "public.orders_id_seq", "public.orders_past",
                                                     "public.orders_2026_12"});
    const std::string sql = text_of(unit);
    require_order(
        sql, {"SELECT NOT EXISTS (SELECT FROM public.orders_2026_12)",
              "ALTER TABLE public.orders DETACH PARTITION public.orders_past",
              "ALTER TABLE public.orders RENAME TO tripmig_reverted_orders",
              "ALTER TABLE public.orders_past RENAME TO orders", "SEQUENCE NAME public.orders_id_seq",
              "DROP TABLE public.tripmig_reverted_orders", " RENAME TO orders_note", "DROP CONSTRAINT orders_past_pkey",
              "ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX tripmig_former_orders",
              "ALTER COLUMN at DROP NOT NULL", "UPDATE tripmig.jobs"});
    CHECK(unit.steps.back().parameters.at(1) == "reverting");
    CHECK(sql.find("tripmig.log_4") == std::string::npos);  // attach has none
}

TEST_CASE("revert of attach: keys to the registry become keys to the table again, and the registry goes") {
    swap::RevertFacts facts = facts_after_cut_over("orders_past");
    facts.registry = db::TableInfo();
    facts.registry->name = {"public", "orders_ids"};
    facts.registry->incoming = {lines_key()};
    job::State state = state_after_cut_over("orders_past");
    state.kind = job::AttachJob{{}, {}, "2026-12-01 00:00:00"};
    state.edit_swap().has_registry = true;
    const Unit unit = swap::revert_unit(facts, state, "tripmig");
    const std::vector<std::string> all = locks_of(unit);
    CHECK(std::find(all.begin(), all.end(), "public.lines") != all.end());
    CHECK(std::find(all.begin(), all.end(), "public.orders_ids") != all.end());
    require_order(text_of(unit), {"ALTER TABLE public.lines DROP CONSTRAINT lines_order_id_fkey", "DETACH PARTITION",
                                  "DROP TABLE IF EXISTS public.orders_ids",
                                  "REFERENCES public.orders (id) ON DELETE CASCADE NOT VALID"});
}

TEST_CASE("revert of a copy: the log's last entries, then the two tables exchange names; the new one stays parked") {
    const swap::RevertFacts facts = facts_after_cut_over("orders_before");
    job::State state = state_after_cut_over("orders_before");
    state.kind = job::CopyJob{{}, {{}, {"id"}, {}, {}}};
    const Unit unit = swap::copy_revert_unit(facts, state, "tripmig", {});
    CHECK(locks_of(unit).back() == "tripmig.log_4");
    const std::string sql = text_of(unit);
    require_order(sql, {"tripmig.log_4", "ALTER TABLE public.orders RENAME TO tripmig_reverted_orders",
                        "ALTER TABLE public.orders_before RENAME TO orders",
                        "ALTER INDEX public.orders_pkey RENAME TO tripmig_new_orders_pkey",
                        "ALTER INDEX public.orders_before_pkey RENAME TO orders_pkey", "UPDATE tripmig.jobs"});
    CHECK(sql.find("DROP TABLE") == std::string::npos);
    CHECK(sql.find("DETACH") == std::string::npos);
    const Unit drop = swap::drop_parked(facts.parent, state, "tripmig");
    CHECK(text_of(drop).find("DROP TABLE IF EXISTS public.tripmig_reverted_orders") != std::string::npos);
    CHECK(text_of(drop).find("tripmig.log_4") != std::string::npos);
}

TEST_CASE("revert of a copy: what was made since the cut-over would be lost, so it is refused") {
    const job::State state = state_after_cut_over("orders_before");
    swap::RevertFacts facts = facts_after_cut_over("orders_before");
    swap::require_same_parts(facts, state);
    facts.parent.columns.push_back(column("colour", "text"));
    CHECK_THROWS_WITH_AS(swap::require_same_parts(facts, state),
                         "public.orders has column colour text, which public.orders_before lacks", Error);
    facts = facts_after_cut_over("orders_before");
    facts.parent.indexes.push_back(index_over("orders_colour", {"colour"}));
    CHECK_THROWS_WITH_AS(swap::require_same_parts(facts, state),
                         "public.orders has index orders_colour, which public.orders_before lacks", Error);
}
