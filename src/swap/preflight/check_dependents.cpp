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
        report.note(subject,
                    fmt::format("says ONLY {0}: it is recreated without ONLY, since ONLY of a partitioned table reads "
                                "no rows. {0} has no child tables today, so the result is the same",
                                sql::quoted(table.name)));
}

}  // namespace

void check_rules(const db::TableInfo& table, job::Report& report) {
    for (const db::RuleInfo& rule : table.rules) {
        const std::string subject = fmt::format("rule {}", sql::quote_ident(rule.name));
        if (rule.groups_by_key)
            report.refuse(subject, "groups by the primary key, which will be a new one",
                          "list every column in its GROUP BY");
        else
            report.ok(subject, "is preserved; as before, COPY and statements that name a partition do not use it");
        look_at_only(subject, rule.definition, table, report);
    }
}

namespace {

using Kind = db::DependentInfo::Kind;

void look_at_row_function(const db::DependentInfo& function, job::Report& report) {
    if (!function.in_the_way.empty())
        report.refuse(function.description,
                      fmt::format("uses the table's row type, which will be a new one, and {} depends on it",
                                  function.in_the_way),
                      fmt::format("drop {} before the swap and create it again afterwards", function.in_the_way));
    else
        report.ok(function.description, "is recreated with the new table's row type; its OID changes");
}

void look_at_materialized_view(const db::DependentInfo& view, bool is_copy, job::Report& report) {
    if (!view.in_the_way.empty())
        report.refuse(view.description, fmt::format("must be rebuilt, and {} depends on it", view.in_the_way),
                      fmt::format("drop {} before the swap and create it again afterwards", view.in_the_way));
    else
        report.note(view.description, fmt::format("is rebuilt after the cut-over, and then replaces the old one. Until "
                                                  "then its content stays, and REFRESH reads {}",
                                                  is_copy ? "the old table as of the cut-over" : "only the past"));
}

/// What would stop it when the cut-over is past.
void look_at_place(const ddl::Matview& matview, job::Report& report) {
    const std::string subject = fmt::format("materialized view {}", sql::quoted(matview.view.name));
    if (!matview.may_be_built)
        report.refuse(subject,
                      fmt::format("the role or the view's owner may not create in schema {}",
                                  sql::quote_ident(matview.view.name.schema)),
                      fmt::format("GRANT CREATE ON SCHEMA {} to both", sql::quote_ident(matview.view.name.schema)),
                      ExitCode::no_privilege);
    if (!matview.taken.empty())
        report.refuse(subject, fmt::format("is rebuilt under a temporary name that is taken: {}", matview.taken),
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
                          "refers to the table or its row type by OID, and cannot be replaced in place",
                          "drop it before the swap and create it again afterwards");
        else if (!dependent.can_alter)
            report.refuse(dependent.description, "the role does not own it",
                          "run as a role that is also a member of its owner", ExitCode::no_privilege);
        else if (dependent.kind == Kind::row_function)
            look_at_row_function(dependent, report);
        else if (dependent.kind == Kind::materialized_view)
            look_at_materialized_view(dependent, policy.swap.strategy == config::SwapStrategy::copy, report);
        else
            report.ok(dependent.description, "refers to the new table afterwards");
    }
    for (const ddl::Matview& matview : facts.matviews)
        look_at_place(matview, report);
}

}  // namespace tripmig::swap
