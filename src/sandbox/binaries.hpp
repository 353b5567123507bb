#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace tripmig::sandbox {

/// The folder with initdb, postgres and psql. The first of: `chosen` (--pg-bindir), PG_BINDIR of the environment, what
/// `pg_config --bindir` says, Debian's /usr/lib/postgresql/15/bin, the newest other version there.
/// Throws Error{usage} when one that a person named is not such a folder, Error{refused} when there is none.
std::filesystem::path find_bindir(const std::filesystem::path& chosen,
                                  const std::map<std::string, std::string>& environment);

}  // namespace tripmig::sandbox
