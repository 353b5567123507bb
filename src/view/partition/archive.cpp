#include "view/partition/archive.hpp"

#include <nlohmann/json.hpp>

#include "view/json_values.hpp"
#include "view/partition/attach.hpp"

namespace tripmig::view {

nlohmann::json archive_json(const app::ArchiveResult& result) {
    const partition::Archived& archived = result.archived;
    return {{"table", name_json(archived.manifest.table)},
            {"file", archived.file.string()},
            {"rows", archived.manifest.content.rows},
            {"bytes", archived.bytes},
            {"was_there", archived.was_there},
            {"dropped", result.is_dropped}};
}

nlohmann::json restore_json(const app::RestoreResult& result) {
    const partition::Manifest& manifest = result.manifest;
    return {{"table", name_json(manifest.table)},
            {"rows", manifest.content.rows},
            {"from_database", manifest.database},
            {"written_at", manifest.written_at},
            {"attached", result.attached ? attach_json(*result.attached) : nlohmann::json()}};
}

}  // namespace tripmig::view
