#include "swap/preflight/preflight.hpp"

#include <fmt/format.h>

#include "job/finding.hpp"
#include "job/source/table_facts.hpp"
#include "swap/preflight/checks.hpp"

namespace tripmig::swap {

std::vector<job::Finding> preflight(const db::TableInfo& table, const job::Facts& facts,
                                    const config::PartitionPolicy& policy, const config::SwapConfig& config) {
    std::vector<job::Finding> findings;
    job::Report report(findings);
    check_relation(table, policy, report);
    check_privileges(table, report);
    check_key(table, facts, policy, config, report);
    check_indexes(table, policy, report);
    check_constraints(table, report);
    check_incoming(table, facts, policy, report);
    check_registry(table, facts, policy, report);
    check_leftovers(table, facts, policy, report);
    check_triggers(table, policy, report);
    check_rules(table, report);
    check_dependents(table, facts, policy, report);
    check_attachments(table, policy, report);
    return findings;
}

}  // namespace tripmig::swap
