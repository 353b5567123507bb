#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/event.hpp"
#include "base/stop_signal.hpp"
#include "config/config.hpp"
#include "partition/archive/manifest.hpp"

namespace tripmig::partition {

/// One table that is to be archived.
struct ArchiveOrder {
    QualifiedName table;
    std::optional<QualifiedName> parent;
    std::string bounds;
    std::filesystem::path dir;
    std::string command;  ///< run once the file is verified; empty: none
};

struct Archived {
    std::filesystem::path file;
    Manifest manifest;
    std::int64_t bytes = 0;  ///< of the file
    bool was_there = false;  ///< a run before this one wrote it
};

/// Writes the table into a file of its own, as it is in one snapshot: under the name FILE.part, which is read back,
/// held against the server's count, and renamed once it is on disk; then runs the command. A file of the same content
/// that is there is taken as it is. Nothing else that is there is ever touched: the file gets another name then.
/// Changes nothing in the database. Throws Error{refused} when anything of it fails: then the table stays.
Archived write_archive(const config::DatabaseConfig& database, const ArchiveOrder& order, Reporter& reporter,
                       const StopSignal& stop);

/// DIR/TABLE/PARTITION.sql.zst; of the same content under the same name the second is PARTITION.2.sql.zst.
std::filesystem::path archive_path(const ArchiveOrder& order, int number);

}  // namespace tripmig::partition
