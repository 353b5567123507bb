#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "app/migrate/rehearse.hpp"

namespace tripmig::view {

/// What each statement that would block anybody locked, rewrote and read, and what differs from what should be.
std::string rehearsal_text(const app::RehearsalResult& result);
nlohmann::ordered_json rehearsal_json(const app::RehearsalResult& result);

/// "9 files run, 3 of them ways back; 0 left another schema than they should".
std::string rehearsal_summary(const app::RehearsalResult& result);

}  // namespace tripmig::view
