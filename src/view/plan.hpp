#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/step.hpp"

namespace tripmig::view {

/// "SHARE on public.orders, ACCESS EXCLUSIVE on public.users".
std::string locks_text(const std::vector<LockRequest>& locks);

/// Units as psql would run them: each statement after a comment that says why it is there and which locks it takes.
std::string plan_text(const std::vector<Unit>& units);

/// The same for programs: name, transaction, locks taken first, steps with sql, why and locks.
nlohmann::json plan_json(const std::vector<Unit>& units);

}  // namespace tripmig::view
