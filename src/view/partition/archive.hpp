#pragma once

#include <nlohmann/json_fwd.hpp>

#include "app/partition/archive.hpp"

namespace tripmig::view {

nlohmann::json archive_json(const app::ArchiveResult& result);
nlohmann::json restore_json(const app::RestoreResult& result);

}  // namespace tripmig::view
