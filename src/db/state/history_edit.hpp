#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/step.hpp"
#include "db/connection.hpp"
#include "db/state/history.hpp"

namespace tripmig::db {

// Changes of the history that run no migration: baseline, adopt, repair. They belong under the run lock.

/// A row for a version that this program did not apply itself.
Step add_history_step(const MigrationRecord& record, std::string_view state_schema);

/// What the file of the row with that id says now.
Step rehash_history_step(std::int64_t id, const std::string& file, const std::string& sha256,
                         const std::string& sha256_tokens, std::string_view state_schema);

/// Every version that the history ever had, undone ones too.
std::set<std::string> versions_ever(Connection& connection, std::string_view state_schema);

/// By file, the journals of those that stopped half way: some of their statements are done, and nothing of them is in
/// the history. Without the progress of batches.
std::map<std::string, std::vector<JournalEntry>> read_journals(Connection& connection, std::string_view state_schema);

}  // namespace tripmig::db
