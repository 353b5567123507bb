#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "sql/scanned_text.hpp"

namespace tripmig::sql {

/// A psql command in a script, with what it means to us.
struct BackslashCommand {
    enum class Kind { include, skipped } kind = Kind::skipped;
    Include include;
    std::size_t end = 0;  ///< the byte behind it: the line's end
};

/// Reads the command whose backslash is at `offset`. Throws Error{usage} for a command that only psql knows.
BackslashCommand read_backslash_command(std::string_view text, std::size_t offset, const ScanOptions& options);

}  // namespace tripmig::sql
