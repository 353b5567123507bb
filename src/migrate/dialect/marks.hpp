#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace tripmig::migrate {

/// A comment line in which dbmate or goose is told something: `-- migrate:up transaction:false`, `-- +goose Down`.
struct Mark {
    std::string_view words;    ///< behind the tool's own word, without blanks around: "up transaction:false", "Down"
    std::string_view line;     ///< the whole of it, without its end
    std::size_t begin = 0;     ///< in bytes
    std::size_t end = 0;       ///< behind the line's end
    std::size_t number = 0;    ///< of the line, from 1
    bool is_indented = false;  ///< the tool would not see it
};

/// The comment lines of a text that begin with that word: "migrate:", "+goose". Looks at lines as the tools do: one in
/// a string counts as well.
std::vector<Mark> marks_of(std::string_view text, std::string_view word);

/// Error{usage} at the mark's line.
Error mark_error(const std::string& file, const Mark& mark, std::string message, std::string hint);

/// Throws Error{usage} at the line before `end` that is neither blank nor a `--` comment: SQL that belongs to no mark.
void refuse_sql_before(const std::string& file, std::string_view text, std::size_t end, std::string_view mark);

}  // namespace tripmig::migrate
