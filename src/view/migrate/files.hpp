#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "app/migrate/dump.hpp"
#include "app/migrate/new.hpp"

namespace tripmig::view {

/// The paths, a line each.
std::string new_text(const app::NewMigration& made);
nlohmann::json new_json(const app::NewMigration& made);

/// The schema, where it went into no file.
std::string dump_text(const app::DumpResult& result);
nlohmann::json dump_json(const app::DumpResult& result);

}  // namespace tripmig::view
