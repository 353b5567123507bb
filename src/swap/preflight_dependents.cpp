#include <fmt/format.h>

#include "sql/identifier.hpp"
#include "swap/preflight_parts.hpp"

namespace tripmig::swap {

void look_at_rules(const db::TableInfo& table, Report& report) {
    for (const db::RuleInfo& rule : table.rules) {
        const std::string subject = fmt::format("rule {}", sql::quote_ident(rule.name));
        if (rule.groups_by_key)
            report.refuse(subject, "groups by the primary key, which is another one afterwards",
                          "name every column in its GROUP BY");
        else
            report.ok(subject, "comes along; as before it is not asked by statements that name a leaf, nor by COPY");
    }
}

namespace {

using Kind = db::DependentInfo::Kind;

void look_at_row_function(const db::DependentInfo& function, Report& report) {
    if (!function.in_the_way.empty())
        report.refuse(
            function.description,
            fmt::format("has the row type, which is another one afterwards, and {} stands on it", function.in_the_way),
            "drop what stands on it before the swap and create it again after");
    else
        report.ok(function.description,
                  "is created anew with the new table's row type; who holds its OID must look it up again");
}

}  // namespace

void look_at_dependents(const db::TableInfo& table, Report& report) {
    for (const db::DependentInfo& dependent : table.dependents) {
        if (dependent.kind == Kind::other || dependent.kind == Kind::materialized_view)
            report.refuse(dependent.description,
                          "is bound to the table or its row type by OID, and cannot be bound anew in place",
                          "drop it before the swap and create it again after");
        else if (!dependent.can_alter)
            report.refuse(dependent.description, "the role does not own it", "run as a member of its owner too",
                          ExitCode::no_privilege);
        else if (dependent.kind == Kind::row_function)
            look_at_row_function(dependent, report);
        else
            report.ok(dependent.description, "is bound to the new table");
    }
}

}  // namespace tripmig::swap
