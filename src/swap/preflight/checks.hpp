#pragma once

#include <string>
#include <utility>
#include <vector>

#include "job/finding.hpp"
#include "job/source/table_facts.hpp"

namespace tripmig::swap {

/// Which of the incoming keys' policies has what consequence.
[[nodiscard]] bool wants_registry(const db::TableInfo& table, const config::PartitionPolicy& policy);

// The parts of preflight(), by subject.
void check_relation(const db::TableInfo& table, const config::PartitionPolicy& policy, job::Report& report);
void check_privileges(const db::TableInfo& table, job::Report& report);
void check_key(const db::TableInfo& table, const job::Facts& facts, const config::PartitionPolicy& policy,
               const config::SwapConfig& config, job::Report& report);
void check_indexes(const db::TableInfo& table, const config::PartitionPolicy& policy, job::Report& report);
void check_constraints(const db::TableInfo& table, job::Report& report);
void check_incoming(const db::TableInfo& table, const job::Facts& facts, const config::PartitionPolicy& policy,
                    job::Report& report);
/// What becomes of one incoming key under the policy composite, and what it needs.
void check_composite(const db::IncomingKey& key, const db::TableInfo& table, const job::Facts& facts,
                     const config::PartitionPolicy& policy, job::Report& report);
void check_registry(const db::TableInfo& table, const job::Facts& facts, const config::PartitionPolicy& policy,
                    job::Report& report);
/// Functions of the names that the registry's get: what a dropped table left is taken over.
void check_leftovers(const db::TableInfo& table, const job::Facts& facts, const config::PartitionPolicy& policy,
                     job::Report& report);
void check_triggers(const db::TableInfo& table, const config::PartitionPolicy& policy, job::Report& report);
void check_rules(const db::TableInfo& table, job::Report& report);
void check_dependents(const db::TableInfo& table, const job::Facts& facts, const config::PartitionPolicy& policy,
                      job::Report& report);
void check_attachments(const db::TableInfo& table, const config::PartitionPolicy& policy, job::Report& report);

}  // namespace tripmig::swap
