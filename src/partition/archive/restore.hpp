#pragma once

#include <filesystem>
#include <string>

#include "base/event.hpp"
#include "base/stop_signal.hpp"
#include "config/config.hpp"
#include "partition/archive/manifest.hpp"

namespace tripmig::partition {

struct Restored {
    Manifest manifest;
    bool has_parent = false;  ///< the partitioned table that it belonged to is in this database
};

/// Makes the table of an archive again, with its rows, constraints and indexes, in one transaction. The file is read to
/// its end and verified before anything is sent, and the server's own count of what it has got decides about the
/// COMMIT. Where its parent is there it is recorded as a detached partition of it, which `partition attach` brings
/// back. Throws Error{refused} for a file that is damaged or foreign, and where there is such a table already.
Restored restore_archive(const config::DatabaseConfig& database, const std::filesystem::path& file,
                         const std::string& state_schema, Reporter& reporter, const StopSignal& stop);

}  // namespace tripmig::partition
