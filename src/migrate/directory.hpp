#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "migrate/migration.hpp"

namespace tripmig::migrate {

/// What reading a directory depends on but its files.
struct ReadOptions {
    std::string dialect = "auto";  ///< "auto": told by names and marks; else one of to_string(Dialect)
    Variables variables;           ///< the environment, for goose's ENVSUB ON
    std::map<std::string, std::string> placeholders;  ///< what ${name} in them stands for
    bool may_be_empty = true;                         ///< false: a directory without any migration is an error
};

/// Reads every migration of the directory, and below it where the dialect does. Throws Error{usage}: the directory is
/// missing, an entry that is named as a migration can't be read or is no file, an undo file undoes nothing, a name is
/// wrong, two files have one version (both named), the files are of several dialects or of none, marks don't pair, a
/// file is of a kind that only the other tool can run (Go, Java, callbacks).
Directory read_directory(const std::filesystem::path& path, const ReadOptions& options = {});

/// A file in the directory, or below it, can only be some tool's migration. Throws Error{usage} when it can't be read.
bool holds_migrations(const std::filesystem::path& path);

/// The migrations in one file that is in no migrations directory: by its name and marks, the way up and the way back;
/// a plain SQL file is one way up. `name`: what messages call it. Throws Error{usage} as read_directory() does.
std::vector<Migration> read_single_file(const std::filesystem::path& path, const std::string& name);

}  // namespace tripmig::migrate
