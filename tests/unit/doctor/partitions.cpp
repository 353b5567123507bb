#include <doctest/doctest.h>

#include "doctor/partition_checks.hpp"
#include "found.hpp"

using namespace tripmig::doctor;
using namespace tripmig::doctor::test;
using tripmig::Error;
using tripmig::ExitCode;
using tripmig::partition::TableStatus;

namespace {

TableStatus healthy_table() {
    TableStatus table;
    table.table = {"public", "orders"};
    table.health.premake = 3;
    table.health.ahead = 3;
    table.health.has_present = true;
    table.days_left = 90;
    return table;
}

tripmig::ddl::Leaf partition_named(const std::string& name) {
    tripmig::ddl::Leaf leaf;
    leaf.name = {"public", name};
    return leaf;
}

PartitionFacts facts_of(TableStatus table) {
    PartitionFacts facts;
    facts.status.facts.emplace();
    facts.status.facts->tables.push_back(std::move(table));
    facts.siblings.facts.emplace();
    facts.trees.facts = std::vector<PartitionTree>{{{"public", "orders"}, 12, 30, {"at"}}};
    return facts;
}

/// What is told of a table: "code severity", a line each.
std::string told_of(TableStatus table) {
    std::string text;
    for (const Check& check : check_partitions(facts_of(std::move(table))))
        if (const std::string said = told(check); !said.empty())
            text += std::string(check.code) + " " + said + "\n";
    return text;
}

}  // namespace

TEST_CASE("a healthy table has nothing to tell") {
    CHECK(told_of(healthy_table()) == "");
}

TEST_CASE("policies that can't be read, and tables that are not partitioned yet") {
    TableStatus table = healthy_table();
    table.problem = Error(ExitCode::usage, "unknown key", "did you mean key?");
    CHECK(told_of(table) == "partitions.policies error\n");
    table.problem = Error(ExitCode::refused, "is not partitioned", "tripmig swap run");
    CHECK(told_of(table) == "partitions.policies warning\n");
}

TEST_CASE("the present, what is ahead, and how soon that ends") {
    TableStatus table = healthy_table();
    table.health.has_present = false;
    table.health.ahead = 0;
    CHECK(told_of(table) == "partitions.present error\n");
    table = healthy_table();
    table.health.ahead = 2;
    CHECK(told_of(table) == "partitions.premake warning\n");
    table.days_left = 6;
    CHECK(told_of(table) == "partitions.premake error\n");
    table.days_left.reset();
    CHECK(told_of(table) == "partitions.premake warning\n");
}

TEST_CASE("gaps, overdue ones, ones beyond premake, the registry") {
    TableStatus table = healthy_table();
    table.gaps.emplace_back();
    CHECK(told_of(table) == "partitions.gaps warning\n");
    table = healthy_table();
    table.overdue.push_back(partition_named("orders_2020_01"));
    CHECK(told_of(table) == "partitions.retention warning\n");
    table = healthy_table();
    table.beyond.push_back(partition_named("orders_2090_01"));
    CHECK(told_of(table) == "partitions.beyond note\n");
    table = healthy_table();
    table.registry_problems.emplace_back("trigger x of public.orders is disabled");
    CHECK(told_of(table) == "partitions.registry error\n");
}

TEST_CASE("rows in DEFAULT that belong elsewhere, or that could not be counted") {
    TableStatus table = healthy_table();
    table.default_partition.emplace();
    table.default_partition->leaf = partition_named("orders_rest");
    table.misplaced = tripmig::partition::DefaultRows{0, true};
    CHECK(told_of(table) == "");
    table.misplaced->rows = 5;
    CHECK(told_of(table) == "partitions.default_rows warning\n");
    table.misplaced.reset();
    CHECK(told_of(table) == "partitions.default_rows note\n");
}

TEST_CASE("an interrupted detach is finished as maintain finishes it") {
    TableStatus table = healthy_table();
    table.leaves.emplace_back();
    table.leaves.back().leaf = partition_named("orders_2020_01");
    CHECK(told_of(table) == "");
    table.leaves.back().is_detach_pending = true;
    const auto checks = check_partitions(facts_of(table));
    const Finding& found = check_of(checks, "partitions.pending_detach").findings.at(0);
    CHECK(found.fix.at(0).steps.at(0).sql ==
          "ALTER TABLE public.orders DETACH PARTITION public.orders_2020_01 FINALIZE");
}

TEST_CASE("siblings that differ are told by kind, three of each") {
    PartitionFacts facts = facts_of(healthy_table());
    facts.siblings.facts->push_back({{"public", "orders"}, "grant", "SELECT to app", 11, 12, true, {"orders_2020_01"}});
    for (int i = 0; i < 5; ++i)
        facts.siblings.facts->push_back({{"public", "orders"},
                                         "constraint",
                                         "CHECK (" + std::to_string(i) + ")",
                                         1,
                                         12,
                                         false,
                                         {"orders_2020_02"}});
    const auto checks = check_partitions(facts);
    const std::vector<Finding>& found = check_of(checks, "partitions.siblings").findings;
    REQUIRE(found.size() == 5);
    CHECK(has(found.at(3).reason, "in 2 things more"));
    CHECK(has(found.at(4).reason, "1 of 12 lack \"SELECT to app\": orders_2020_01"));
}

TEST_CASE("detached tables, and partitioned ones without a policy") {
    TableStatus table = healthy_table();
    table.detached.push_back({partition_named("orders_2019_01"), "detach", {}, std::nullopt, 8192});
    PartitionFacts facts = facts_of(table);
    facts.trees.facts->push_back({{"public", "logs"}, 3, 6, {"at"}});
    CHECK(told(check_partitions(facts), "partitions.detached") == "note");
    CHECK(told(check_partitions(facts), "partitions.without_policy") == "note");
    table.overdue_detached.push_back(partition_named("orders_2018_12"));
    CHECK(told(check_partitions(facts_of(table)), "partitions.detached") == "note warning");
}

TEST_CASE("names that a policy gives to partitions, as an expression") {
    tripmig::config::PartitionPolicy policy;
    policy.table = {"public", "or.ders"};
    policy.name = "{table}_{start:%Y_%m}";
    CHECK(partition_name_expression(policy) == "^or\\.ders_[0-9]+_[0-9]+$");
}

TEST_CASE("without a look at the policies nothing is said of them") {
    PartitionFacts facts = facts_of(healthy_table());
    facts.status = {std::nullopt, "no directory", "make one"};
    CHECK(told(check_partitions(facts), "partitions.present") == "note");
    CHECK(told(check_partitions(facts), "partitions.without_policy") == "note");
    CHECK(told(check_partitions(facts), "partitions.siblings") == "");
}
