#include <doctest/doctest.h>

#include "../../support/unit_text.hpp"
#include "base/civil.hpp"
#include "job/replacement.hpp"
#include "partition/split/cut_over.hpp"

using namespace tripmig;
using namespace tripmig::test;

namespace {

db::TableInfo split_table(const std::string& name) {
    db::TableInfo table;
    table.name = {"public", name};
    table.owner = table.current_role = "shop";
    table.columns.resize(2);
    table.columns[0].name = "id";
    table.columns[0].type = "bigint";
    table.columns[1].name = "at";
    table.columns[1].type = "timestamp without time zone";
    for (db::ColumnInfo& column : table.columns)
        column.not_null = true;
    db::IndexInfo primary;
    primary.name = {"public", name + "_pkey"};
    primary.columns = {"id", "at"};
    primary.is_unique = primary.is_primary = primary.is_constraint = true;
    table.indexes = {primary};
    return table;
}

ddl::Leaf month(const std::string& name, const char* lower, const char* upper) {
    return {{"public", name}, {ddl::Bound::at(*parse_timestamp(lower)), ddl::Bound::at(*parse_timestamp(upper))}};
}

struct Split {
    partition::CutOverFacts facts{
        split_table("orders"), {split_table("orders_past")}, split_table("tripmig_new_orders_past"), {}, {}, {}, {}};
    job::State state;

    explicit Split(const std::string& bound) {
        facts.target_partitions = {month("orders_2026_01", "2026-01-01", "2026-02-01"),
                                   month("orders_2026_02", "2026-02-01", "2026-03-01")};
        facts.others = {{"public", "orders_2026_03"}};
        state.job = 5;
        state.table = facts.sources.front().name;
        state.stage = job::Stage::ready;
        state.key = "at";
        state.key_type = "timestamp without time zone";
        state.interval = "1 month";
        state.primary_key = {"id", "at"};
        state.kind = job::PartitionJob{{{}, {"id", "at"}, {}, {}}, facts.parent.name, bound, {}, {}, {}, {}};
    }

    [[nodiscard]] Unit unit() const {
        return partition::partition_cut_over({job::build_replacement(facts.sources.front(), state), state, "tripmig"},
                                             facts, {});
    }
};

}  // namespace

TEST_CASE("a split's cut-over locks parents before partitions, all before anything is read, the log last") {
    const Unit unit = Split("FOR VALUES FROM (MINVALUE) TO ('2026-03-01')").unit();
    for (const LockRequest& lock : unit.lock_first)
        CHECK(lock.mode == LockMode::access_exclusive);
    CHECK(locks_of(unit) == std::vector<std::string>{"public.tripmig_new_orders_past", "public.orders_2026_01",
                                                     "public.orders_2026_02", "public.orders", "public.orders_past",
                                                     "public.orders_2026_03", "tripmig.log_5"});
    CHECK(unit.transaction == Transaction::inside);
}

TEST_CASE("a split's cut-over: the partition leaves, its months come in its place, the stage is recorded with it") {
    const Unit unit = Split("FOR VALUES FROM (MINVALUE) TO ('2026-03-01')").unit();
    const std::string sql = text_of(unit);
    require_order(sql, {"tripmig.log_5", "ALTER TABLE public.orders DETACH PARTITION public.orders_past",
                        "ALTER TABLE public.tripmig_new_orders_past DETACH PARTITION public.orders_2026_01",
                        "ATTACH PARTITION public.orders_2026_01 FOR VALUES FROM ('2026-01-01 00:00:00') TO ('2026-02",
                        "DROP CONSTRAINT IF EXISTS tripmig_month", "ATTACH PARTITION public.orders_2026_02",
                        "DROP TABLE public.tripmig_new_orders_past", "UPDATE tripmig.jobs"});
    CHECK(sql.find("RENAME TO") == std::string::npos);  // the old partition keeps its name
    CHECK(unit.steps.back().parameters.at(1) == "cut_over");
}

TEST_CASE("a split's cut-over: foreign keys of the table become NOT VALID ones of every partition") {
    Split split("FOR VALUES FROM (MINVALUE) TO ('2026-03-01')");
    db::ConstraintInfo key;
    key.kind = 'f';
    key.name = "orders_customer_fkey";
    key.definition = "FOREIGN KEY (customer_id) REFERENCES public.customers(id)";
    key.references = {"public", "customers"};
    split.facts.parent.constraints = {key};
    const std::string sql = text_of(split.unit());
    require_order(sql, {"ALTER TABLE public.orders DROP CONSTRAINT orders_customer_fkey", "DETACH PARTITION"});
    for (const char* name : {"orders_2026_01", "orders_2026_02", "orders_2026_03"})
        CHECK(sql.find(std::string("ALTER TABLE public.") + name +
                       " ADD CONSTRAINT orders_customer_fkey FOREIGN KEY") != std::string::npos);
}

TEST_CASE("a split of DEFAULT: a new, empty DEFAULT has the old one's name before the transaction ends") {
    Split split("DEFAULT");
    split.state.old_name = "orders_past_before";
    const std::string sql = text_of(split.unit());
    require_order(sql, {"DETACH PARTITION public.orders_past", "ATTACH PARTITION public.orders_2026_02",
                        "ALTER TABLE public.orders_past RENAME TO orders_past_before", "public.orders_past", "DEFAULT",
                        "UPDATE tripmig.jobs"});
}

TEST_CASE("a merge's cut-over: all sources leave before the one partition comes, all of them locked and unchanged") {
    Split merge("FOR VALUES FROM ('2026-01-01 00:00:00') TO ('2026-02-01 00:00:00')");
    merge.facts.sources.push_back(split_table("orders_second"));
    merge.facts.target_partitions = {month("orders_both", "2026-01-01", "2026-03-01")};
    job::PartitionJob& job = merge.state.edit_partition();
    job.verb = job::PartitionVerb::merge;
    job.into = {"public", "orders_both"};
    job.more = {
        {{"public", "orders_second"}, "FOR VALUES FROM ('2026-02-01 00:00:00') TO ('2026-03-01 00:00:00')", 17, 1, 2}};
    const Unit unit = merge.unit();
    CHECK(locks_of(unit) == std::vector<std::string>{"public.tripmig_new_orders_past", "public.orders_both",
                                                     "public.orders", "public.orders_past", "public.orders_second",
                                                     "public.orders_2026_03", "tripmig.log_5"});
    const std::string sql = text_of(unit);
    const std::string attached =
        "ATTACH PARTITION public.orders_both FOR VALUES FROM ('2026-01-01 00:00:00') TO ('2026-03-01 00:00:00')";
    // One log, both tables: what the log names goes from the target before anything of either table comes.
    require_order(sql, {"DELETE FROM public.tripmig_new_orders_past AS copied", "ONLY public.orders_past AS now",
                        "ONLY public.orders_second AS now", "DETACH PARTITION public.orders_past",
                        "DETACH PARTITION public.orders_second", attached});
    CHECK(sql.find("tripmig_capture_5 ON public.orders_second") != std::string::npos);
}

TEST_CASE(
    "a drain's cut-over: the replacement DEFAULT comes last, under the old one's name, with its CHECK until then") {
    Split drain("DEFAULT");
    drain.state.old_name = "orders_past_before";
    drain.state.edit_partition().verb = job::PartitionVerb::drain;
    drain.facts.rest = split_table("tripmig_rest_orders_past");
    const std::string sql = text_of(drain.unit());
    require_order(sql, {"DETACH PARTITION public.orders_past", "ATTACH PARTITION public.orders_2026_02",
                        "DETACH PARTITION public.tripmig_rest_orders_past",
                        "ALTER TABLE public.orders_past RENAME TO orders_past_before",
                        "ALTER TABLE public.tripmig_rest_orders_past RENAME TO orders_past",
                        "ATTACH PARTITION public.orders_past DEFAULT", "DROP CONSTRAINT IF EXISTS tripmig_rest_check",
                        "DROP TABLE public.tripmig_new_orders_past", "UPDATE tripmig.jobs"});
    // The indexes of both: the old one's make room.
    require_order(sql, {"ALTER INDEX public.orders_past_pkey RENAME TO",
                        "ALTER INDEX public.tripmig_rest_orders_past_pkey RENAME TO orders_past_pkey"});
}
