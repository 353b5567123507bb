#include "swap/preflight.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "sql/identifier.hpp"
#include "swap/cut.hpp"
#include "swap/preflight_parts.hpp"

namespace tripmig::swap {

std::string_view to_string(Finding::Level level) {
    switch (level) {
        case Finding::Level::ok:
            return "ok";
        case Finding::Level::note:
            return "note";
        case Finding::Level::refuse:
            return "refuse";
    }
    return "";
}

bool wants_registry(const db::TableInfo& table, const config::PartitionPolicy& policy) {
    return policy.swap.unique_ids ||
           (policy.swap.incoming_foreign_keys == config::IncomingForeignKeys::registry && !table.incoming.empty());
}

std::vector<Finding> preflight(const db::TableInfo& table, const Facts& facts, const config::PartitionPolicy& policy,
                               const config::SwapConfig& config) {
    std::vector<Finding> findings;
    Report report(findings);
    look_at_relation(table, policy, report);
    look_at_privileges(table, report);
    look_at_key(table, facts, policy, config, report);
    look_at_indexes(table, policy, report);
    look_at_constraints(table, report);
    look_at_incoming(table, facts, policy, report);
    look_at_registry(table, facts, policy, report);
    look_at_leftovers(table, facts, policy, report);
    look_at_triggers(table, policy, report);
    look_at_rules(table, report);
    look_at_dependents(table, facts, policy, report);
    look_at_followers(table, policy, report);
    return findings;
}

ExitCode exit_code_of(const std::vector<Finding>& findings) {
    ExitCode code = ExitCode::ok;
    for (const Finding& finding : findings)
        if (finding.level == Finding::Level::refuse && code != ExitCode::no_privilege)
            code = finding.code;
    return code;
}

void refuse_if_any(const std::vector<Finding>& findings, const QualifiedName& table) {
    std::string messages;
    std::string hints;
    int count = 0;
    for (const Finding& finding : findings) {
        if (finding.level != Finding::Level::refuse)
            continue;
        messages += fmt::format("{}{}: {}", count++ == 0 ? "" : "\n  ", finding.subject, finding.message);
        if (!finding.hint.empty() && hints.find(finding.hint) == std::string::npos)
            hints += fmt::format("{}{}", hints.empty() ? "" : "\n  ", finding.hint);
    }
    if (count > 0)
        throw Error(exit_code_of(findings), fmt::format("{} cannot be swapped:\n  {}", sql::quoted(table), messages),
                    hints);
}

void tell_notes(Reporter& reporter, const std::vector<Finding>& findings) {
    for (const Finding& finding : findings)
        if (finding.level == Finding::Level::note)
            reporter.info("swap.note", fmt::format("{}: {}", finding.subject, finding.message));
}

}  // namespace tripmig::swap
