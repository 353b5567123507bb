#pragma once

#include <string>
#include <vector>

#include "base/step.hpp"
#include "db/executor/lock_policy.hpp"

namespace tripmig::db {

/// BEGIN and the settings of the unit's transaction, in the order in which they are sent. Pure.
std::vector<std::string> opening_statements(const Unit& unit, const LockPolicy& policy);

/// The same with the settings in one statement that stays prepared: a thousand small files are a thousand of them.
std::vector<Step> pipelined_opening(const Unit& unit, const LockPolicy& policy);

/// "SET LOCAL lock_timeout = 500"
std::string set_local(std::string_view name, std::chrono::milliseconds value);

/// A statement and nothing else.
Step bare_step(std::string sql);

}  // namespace tripmig::db
