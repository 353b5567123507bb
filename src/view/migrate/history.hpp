#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "app/migrate/adopt.hpp"
#include "app/migrate/baseline.hpp"
#include "app/migrate/repair.hpp"
#include "app/migrate/validate.hpp"
#include "app/migrate/wait.hpp"

namespace tripmig::view {

// What commands find in the history, or do to it, without running a migration.

nlohmann::json validation_json(const app::Validation& validation);
/// Of one that is valid.
std::string validation_text(const app::Validation& validation);

nlohmann::json wait_json(const app::WaitResult& result);
nlohmann::json baseline_json(const app::BaselineResult& result);
nlohmann::json repair_json(const app::RepairResult& result);
nlohmann::json adopt_json(const app::AdoptResult& result);

}  // namespace tripmig::view
