#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "app/partition/adopt.hpp"
#include "app/partition/check.hpp"
#include "app/partition/init.hpp"

namespace tripmig::view {

/// With --dry-run the file's text; else nothing, since events have told it.
std::string init_text(const app::InitResult& result);
nlohmann::json init_json(const app::InitResult& result);

/// The same of all tables.
std::string partition_adopt_text(const app::AdoptPartitionsResult& result);
nlohmann::json partition_adopt_json(const app::AdoptPartitionsResult& result);

/// Each policy with what is wrong and what is odd, then how many there are.
std::string policy_checks_text(const app::PolicyChecks& checks);
nlohmann::json policy_checks_json(const app::PolicyChecks& checks);

}  // namespace tripmig::view
