#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "app/audit/list.hpp"

namespace tripmig::view {

std::string audit_text(const app::AuditResult& result);
nlohmann::json audit_json(const app::AuditResult& result);

}  // namespace tripmig::view
