#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "base/exit_code.hpp"
#include "config/config.hpp"
#include "config/policy.hpp"
#include "db/table_info.hpp"
#include "ddl/bounds.hpp"
#include "ddl/key_scan.hpp"
#include "ddl/matview.hpp"

namespace tripmig::swap {

using ddl::KeyFacts;

/// A function of a name that one of the registry's gets.
struct LeftoverFunction {
    std::string signature;
    bool is_orphaned = false;  ///< of a registry that tripmig made, and called by no trigger any more
};

/// Everything that the plan is made from.
struct Facts {
    std::optional<db::TableInfo> table;
    KeyFacts key;
    std::vector<ddl::Matview> matviews;  ///< that read it
    std::set<std::string> taken;         ///< names of relations and types in the table's schema
    Instant now;
    std::map<QualifiedName, db::TableInfo> children;  ///< tables with incoming keys; for the policy composite alone
    std::vector<LeftoverFunction> leftovers;
    int server_version = 150'000;
};

/// One thing that preflight looked at.
struct Finding {
    enum class Level {
        ok,     ///< comes along, or is as it must be
        note,   ///< the operator should know
        refuse  ///< something must be done or decided first
    } level = Level::ok;
    std::string subject;  ///< "index orders_email_key"
    std::string message;
    std::string hint;                   ///< refuse: how to proceed; note: what to write instead
    ExitCode code = ExitCode::refused;  ///< refuse: or no_privilege
};

/// The whole report: what was found, what will happen to it, what stands in the way. Pure. `table` without what the job
/// itself has added.
std::vector<Finding> preflight(const db::TableInfo& table, const Facts& facts, const config::PartitionPolicy& policy,
                               const config::SwapConfig& config);

/// ok, refused, or no_privilege when a right is among what is missing.
ExitCode exit_code_of(const std::vector<Finding>& findings);

/// Throws Error with all refusals, if there is one.
void refuse_if_any(const std::vector<Finding>& findings, const QualifiedName& table);

/// What the operator should know, as events.
void tell_notes(Reporter& reporter, const std::vector<Finding>& findings);

std::string_view to_string(Finding::Level level);

/// Which of the incoming keys' policies has what consequence.
[[nodiscard]] bool wants_registry(const db::TableInfo& table, const config::PartitionPolicy& policy);

}  // namespace tripmig::swap
