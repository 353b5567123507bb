#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "app/migrate/dry_run.hpp"
#include "app/migrate/up_targets.hpp"

namespace tripmig::view {

/// What is pending, a line a statement.
std::string dry_run_text(const app::DryRun& preview);
/// The same as psql takes it.
std::string dry_run_sql(const app::DryRun& preview);
nlohmann::json dry_run_json(const app::DryRun& preview);

// Each target's own, under its name.
std::string targets_dry_run_text(const app::TargetsResult& result);
std::string targets_dry_run_sql(const app::TargetsResult& result);
nlohmann::json targets_dry_run_json(const app::TargetsResult& result);

}  // namespace tripmig::view
