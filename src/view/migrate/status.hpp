#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "app/migrate/status.hpp"

namespace tripmig::view {

/// A line for each migration, then what does not agree.
std::string status_text(const app::StatusResult& result);
/// For --locks: the strongest locks of each applied migration.
std::string status_locks_text(const app::StatusResult& result);
nlohmann::json status_json(const app::StatusResult& result);
/// "AccessExclusiveLock": "ACCESS EXCLUSIVE", as LOCK spells it.
std::string lock_mode(const std::string& name);

}  // namespace tripmig::view
