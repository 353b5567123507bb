#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "migrate/version.hpp"

namespace tripmig::migrate {

enum class Kind { versioned, undo, repeatable };

/// A migration file, read and named, not yet taken apart.
struct Migration {
    Kind kind = Kind::versioned;
    Version version;          ///< none for repeatable ones
    std::string description;  ///< "add users": the name's words
    std::filesystem::path path;
    std::string file;     ///< relative to the migrations directory: the history's and messages' name for it
    std::string content;  ///< as on disk
    std::string sha256;   ///< of the content, and of the files it includes

    /// "V3 add users", "R views".
    [[nodiscard]] std::string title() const;
};

/// All migrations of a directory.
struct Directory {
    std::filesystem::path path;
    std::vector<Migration> versioned;   ///< by version
    std::vector<Migration> undo;        ///< by version
    std::vector<Migration> repeatable;  ///< by description
};

}  // namespace tripmig::migrate
