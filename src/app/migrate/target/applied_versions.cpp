#include "app/migrate/target/applied_versions.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"

namespace tripmig::app {

namespace {

/// How one writes the way back of that version in that dialect.
std::string way_back(migrate::Dialect dialect, const db::AppliedMigration& row) {
    switch (dialect) {
        case migrate::Dialect::golang_migrate:
            return fmt::format("write {}_<description>.down.sql", row.version);
        case migrate::Dialect::dbmate:
            return fmt::format("write it below `-- migrate:down` in {}", row.file);
        case migrate::Dialect::goose:
            return fmt::format("write it below `-- +goose Down` in {}", row.file);
        case migrate::Dialect::flyway:
            break;
    }
    return fmt::format("write U{}__<description>.sql", row.version);
}

}  // namespace

std::vector<const db::AppliedMigration*> newest_first(const db::History& history) {
    std::vector<const db::AppliedMigration*> rows;
    for (const db::AppliedMigration& row : history.applied)
        if (row.kind != "R")
            rows.push_back(&row);
    std::stable_sort(rows.begin(), rows.end(), [](const auto* a, const auto* b) {
        return *migrate::Version::parse(b->version) < *migrate::Version::parse(a->version);
    });
    return rows;
}

const migrate::Migration& undo_file_of(const migrate::Directory& directory, const db::AppliedMigration& row) {
    const auto version = migrate::Version::parse(row.version);
    for (const migrate::Migration& file : directory.undo)
        if (version && file.version == *version)
            return file;
    throw Error(ExitCode::refused, fmt::format("version {} ({}) has no undo file", row.version, row.file),
                fmt::format("{}, or reverse it with a new migration", way_back(directory.dialect, row)));
}

}  // namespace tripmig::app
