#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "sql/source_position.hpp"

namespace tripmig::migrate {

/// What a dialect says of a file's text: its SQL, lines where they stand in the file.
struct SectionText {
    std::string text;
    sql::TextStart start;
    /// From the first to past the last byte of what the dialect marks as one statement, whatever is in it.
    std::vector<std::pair<std::size_t, std::size_t>> blocks;
    bool is_filled_in = false;  ///< there are values of environment variables in it
};

}  // namespace tripmig::migrate
