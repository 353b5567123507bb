#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "migrate/migration.hpp"

namespace tripmig::migrate {

/// The bytes of the migration's file: all of it, `section` is a part. Files are not kept in memory; one whose hash is
/// not what it was is refused with Error{disagreement}.
std::string content_of(const Migration& migration);

/// Sets the hash of the file and of the files that its section includes, which it looks for.
void set_hash(Migration& migration, const std::string& content, const std::filesystem::path& directory);

/// The bytes of a file. Throws Error{usage} naming it.
std::string read_file(const std::string& path);

/// The file that `\i` or `\ir` names, as a path inside the migrations directory. `\ir` counts from the including file,
/// `\i` from the directory. Throws Error{usage} when it leads out of the directory or is not there.
std::filesystem::path resolve_include(const std::filesystem::path& directory, const std::filesystem::path& including,
                                      std::string_view target, bool is_relative);

}  // namespace tripmig::migrate
