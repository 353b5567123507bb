#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/file_kind.hpp"
#include "migrate/version.hpp"

namespace tripmig::migrate {

using Kind = lint::FileKind;

/// Whose names and markers the files of a migrations directory have, in the order of config::dialect_names. tripmig's
/// own are Flyway's.
enum class Dialect { flyway, golang_migrate, dbmate, goose };

/// "flyway", "golang-migrate", "dbmate", "goose": as --dialect takes them.
std::string_view to_string(Dialect dialect);

/// Whole lines of a file: what of it is one migration.
struct Section {
    std::size_t begin = 0;                ///< in bytes
    std::size_t end = std::string::npos;  ///< npos: the file's end
    std::size_t line = 1;                 ///< of `begin`
};

/// Environment variables, for the files that name some.
using Variables = std::shared_ptr<const std::map<std::string, std::string>>;

/// What a repeatable file says once its placeholders are filled in.
struct ExpandedHashes {
    std::string sha256;         ///< of the file, and of the files it includes
    std::string sha256_tokens;  ///< of the file's token-normalised text
};

/// A migration, read and named, not yet taken apart. One file holds one, or the way up and the way down.
struct Migration {
    Kind kind = Kind::versioned;
    Version version;          ///< none for repeatable ones
    std::string description;  ///< "add users": the name's words
    std::string path;
    std::string file;  ///< relative to the migrations directory: the history's and messages' name for it
    std::optional<std::string> content;  ///< kept only where the file may be a pipe; else content_of() reads it again
    std::string sha256;                  ///< of the file, and of the files it includes
    std::vector<std::string> included;   ///< those files, theirs too, as paths, in their order
    std::optional<ExpandedHashes> expanded;  ///< only where they differ from those of the bytes
    Dialect dialect = Dialect::flyway;
    /// Another tool's: its dialect, `dialect = "flyway"` or a Flyway .conf file says so. What that tool takes is taken.
    bool is_foreign = false;
    Section section;                   ///< of the file: what this migration runs
    std::string no_transaction;        ///< the dialect's own word for transaction=off, as it is written; empty: none
    bool expands_placeholders = true;  ///< ${name} in it stands for what the configuration says
    Variables variables;               ///< what goose's ENVSUB ON puts in; null: nothing

    /// "V3 add users", "R views".
    [[nodiscard]] std::string title() const;
};

class Scripts;

/// All migrations of a directory.
struct Directory {
    std::filesystem::path path;
    Dialect dialect = Dialect::flyway;
    std::vector<Migration> versioned;   ///< by version
    std::vector<Migration> undo;        ///< by version
    std::vector<Migration> repeatable;  ///< by description
    std::shared_ptr<Scripts> scripts;   ///< of these files, taken apart once
};

}  // namespace tripmig::migrate
