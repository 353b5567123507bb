#pragma once

#include <filesystem>
#include <string>

#include "base/event.hpp"
#include "base/stop_signal.hpp"
#include "config/config.hpp"
#include "partition/archive/manifest.hpp"

namespace tripmig::partition {

/// Makes the table of an archive again, with its rows, constraints and indexes, in one transaction. `manifest`: what
/// read_archive() found in the whole file; it is verified once more while it is sent, and the server's own count of
/// what it received decides about the COMMIT. If its parent is there it is recorded as a detached partition of it,
/// which `partition attach` brings back: then true. Throws Error{refused} for a file that is damaged or foreign, and
/// where there is such a table already.
bool restore_archive(const config::DatabaseConfig& database, const std::filesystem::path& file,
                     const Manifest& manifest, const std::string& state_schema, Reporter& reporter,
                     const StopSignal& stop);

}  // namespace tripmig::partition
