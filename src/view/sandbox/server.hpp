#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "app/sandbox/server.hpp"

namespace tripmig::view {

/// Whether it runs, and where.
std::string sandbox_status_text(const app::SandboxStatus& status);
/// The URL alone, for $(tripmig sandbox start).
std::string sandbox_url_text(const app::SandboxStatus& status);
/// All there is to know of a server.
nlohmann::ordered_json sandbox_json(const app::SandboxStatus& status);

nlohmann::ordered_json stopped_sandbox_json(const app::StoppedSandbox& stopped);

}  // namespace tripmig::view
