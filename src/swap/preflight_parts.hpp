#pragma once

#include <string>
#include <utility>
#include <vector>

#include "swap/preflight.hpp"

namespace tripmig::swap {

/// Collects findings.
class Report {
  public:
    explicit Report(std::vector<Finding>& findings) : m_findings(findings) {}

    void ok(std::string subject, std::string message) {
        m_findings.push_back({Finding::Level::ok, std::move(subject), std::move(message), {}, ExitCode::ok});
    }
    void note(std::string subject, std::string message, std::string hint = {}) {
        m_findings.push_back(
            {Finding::Level::note, std::move(subject), std::move(message), std::move(hint), ExitCode::ok});
    }
    void refuse(std::string subject, std::string message, std::string hint, ExitCode code = ExitCode::refused) {
        m_findings.push_back({Finding::Level::refuse, std::move(subject), std::move(message), std::move(hint), code});
    }

  private:
    std::vector<Finding>& m_findings;
};

// The parts of preflight(), by subject.
void look_at_relation(const db::TableInfo& table, const config::PartitionPolicy& policy, Report& report);
void look_at_privileges(const db::TableInfo& table, Report& report);
void look_at_key(const db::TableInfo& table, const Facts& facts, const config::PartitionPolicy& policy,
                 const config::SwapConfig& config, Report& report);
void look_at_indexes(const db::TableInfo& table, const config::PartitionPolicy& policy, Report& report);
void look_at_constraints(const db::TableInfo& table, Report& report);
void look_at_incoming(const db::TableInfo& table, const Facts& facts, const config::PartitionPolicy& policy,
                      Report& report);
/// What becomes of one incoming key under the policy composite, and what it needs.
void look_at_composite(const db::IncomingKey& key, const db::TableInfo& table, const Facts& facts,
                       const config::PartitionPolicy& policy, Report& report);
void look_at_registry(const db::TableInfo& table, const Facts& facts, const config::PartitionPolicy& policy,
                      Report& report);
/// Functions of the names that the registry's get: what a dropped table left is taken over.
void look_at_leftovers(const db::TableInfo& table, const Facts& facts, const config::PartitionPolicy& policy,
                       Report& report);
void look_at_triggers(const db::TableInfo& table, const config::PartitionPolicy& policy, Report& report);
/// `key`: the partition key. `is_copied`: its rows are written into other tables, which a publication of every table
/// publishes too.
void look_at_publication(const db::PublicationInfo& publication, const db::TableInfo& table, const std::string& key,
                         bool is_copied, Report& report);
void look_at_rules(const db::TableInfo& table, Report& report);
void look_at_dependents(const db::TableInfo& table, const Facts& facts, const config::PartitionPolicy& policy,
                        Report& report);
void look_at_followers(const db::TableInfo& table, const config::PartitionPolicy& policy, Report& report);

}  // namespace tripmig::swap
