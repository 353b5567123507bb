#include <fmt/format.h>

#include "ddl/without_only.hpp"
#include "job/finding.hpp"
#include "job/source/table_facts.hpp"
#include "sql/identifier.hpp"
#include "swap/preflight/checks.hpp"

namespace tripmig::swap {

namespace {

/// What reads or writes ONLY the table would find no row in a partitioned one.
void look_at_only(const std::string& subject, const std::string& definition, const db::TableInfo& table,
                  job::Report& report) {
    if (ddl::says_only(definition, table.name))
        report.note(subject, fmt::format("says ONLY {0}: it is bound to the new table without ONLY. ONLY of a "
                                         "partitioned table means no rows, and {0} has no children today",
                                         sql::quoted(table.name)));
}

}  // namespace

void check_rules(const db::TableInfo& table, job::Report& report) {
    for (const db::RuleInfo& rule : table.rules) {
        const std::string subject = fmt::format("rule {}", sql::quote_ident(rule.name));
        if (rule.groups_by_key)
            report.refuse(subject, "groups by the primary key, which is another one afterwards",
                          "name every column in its GROUP BY");
        else
            report.ok(subject, "comes along; as before it is not asked by statements that name a leaf, nor by COPY");
        look_at_only(subject, rule.definition, table, report);
    }
}

namespace {

using Kind = db::DependentInfo::Kind;

void look_at_row_function(const db::DependentInfo& function, job::Report& report) {
    if (!function.in_the_way.empty())
        report.refuse(
            function.description,
            fmt::format("has the row type, which is another one afterwards, and {} stands on it", function.in_the_way),
            "drop what stands on it before the swap and create it again after");
    else
        report.ok(function.description,
                  "is created anew with the new table's row type; who holds its OID must look it up again");
}

void look_at_materialized_view(const db::DependentInfo& view, bool is_copy, job::Report& report) {
    if (!view.in_the_way.empty())
        report.refuse(view.description,
                      fmt::format("must be built anew, and {} stands on the old one", view.in_the_way),
                      "drop what stands on it before the swap and create it again after");
    else
        report.note(
            view.description,
            fmt::format("is built anew after the cut-over, beside the one that is there, which then goes. Until "
                        "then its content stands, and REFRESH reads {}",
                        is_copy ? "the old table as of the cut-over" : "the past only"));
}

/// What would stop it when the cut-over is past.
void look_at_place(const ddl::Matview& matview, job::Report& report) {
    const std::string subject = fmt::format("materialized view {}", sql::quoted(matview.view.name));
    if (!matview.may_be_built)
        report.refuse(subject,
                      fmt::format("the role or the owner may not create in schema {}",
                                  sql::quote_ident(matview.view.name.schema)),
                      "grant CREATE on the schema to both", ExitCode::no_privilege);
    if (!matview.taken.empty())
        report.refuse(subject, fmt::format("is built beside under a name that is taken: {}", matview.taken),
                      "rename or drop that relation");
}

}  // namespace

void check_dependents(const db::TableInfo& table, const job::Facts& facts, const config::PartitionPolicy& policy,
                      job::Report& report) {
    for (const db::PolicyInfo& each : table.policies)
        look_at_only(fmt::format("policy {}", sql::quote_ident(each.name)), each.tail, table, report);
    for (const db::DependentInfo& dependent : table.dependents) {
        look_at_only(dependent.description, dependent.rebind, table, report);
        if (dependent.kind == Kind::other)
            report.refuse(dependent.description,
                          "is bound to the table or its row type by OID, and cannot be bound anew in place",
                          "drop it before the swap and create it again after");
        else if (!dependent.can_alter)
            report.refuse(dependent.description, "the role does not own it", "run as a member of its owner too",
                          ExitCode::no_privilege);
        else if (dependent.kind == Kind::row_function)
            look_at_row_function(dependent, report);
        else if (dependent.kind == Kind::materialized_view)
            look_at_materialized_view(dependent, policy.swap.strategy == config::SwapStrategy::copy, report);
        else
            report.ok(dependent.description, "is bound to the new table");
    }
    for (const ddl::Matview& matview : facts.matviews)
        look_at_place(matview, report);
}

}  // namespace tripmig::swap
