#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "app/migrate/down.hpp"
#include "app/migrate/redo.hpp"
#include "app/migrate/up.hpp"
#include "app/migrate/up_targets.hpp"

namespace tripmig::view {

// What commands that run migrations did. People have read it as events, but for what became of several targets.

nlohmann::json up_json(const app::UpResult& result);
nlohmann::json down_json(const app::DownResult& result);
nlohmann::json redo_json(const app::RedoResult& result);

/// What became of each target.
nlohmann::json targets_json(const app::TargetsResult& result);
std::string targets_text(const app::TargetsResult& result);

}  // namespace tripmig::view
