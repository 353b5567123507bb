#include "view/migrate/files.hpp"

#include <nlohmann/json.hpp>

namespace tripmig::view {

std::string new_text(const app::NewMigration& made) {
    std::string text;
    for (const std::string& path : made.files)
        text += path + '\n';
    return text;
}

nlohmann::json new_json(const app::NewMigration& made) {
    return {{"files", made.files}};
}

std::string dump_text(const app::DumpResult& result) {
    return result.file.empty() ? result.schema : std::string();
}

nlohmann::json dump_json(const app::DumpResult& result) {
    return {{"file", result.file},
            {"same", result.is_checked ? nlohmann::json(true) : nlohmann::json()},
            {"bytes", result.schema.size()},
            {"schema", result.file.empty() ? nlohmann::json(result.schema) : nlohmann::json()}};
}

}  // namespace tripmig::view
