#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/step.hpp"

namespace tripmig::sql {

/// Where a text begins that is a part of a file (one section of a migration, say).
struct TextStart {
    std::size_t offset = 0;  ///< bytes before it in the file
    std::size_t line = 1;
    std::size_t column = 1;
};

/// The place of a byte of `text` in the file, with the whole line. Lines end in LF; columns count UTF-8 characters; a
/// byte order mark at the beginning counts nothing. A line of more than 400 bytes is left out: nobody can read it in a
/// message.
SourcePosition source_position(std::string_view text, std::size_t offset, std::string file,
                               const TextStart& start = {});

/// Where character `position` (from 1, as PG_DIAG_STATEMENT_POSITION counts) of the step's SQL stands in its file.
SourcePosition position_in_file(const StepSource& source, std::string_view sql, std::size_t position);

/// Line and column of ever later bytes, each byte looked at once however long the lines are.
class PositionCounter {
  public:
    PositionCounter(std::string_view text, const TextStart& start);

    /// `offset` must not be before the one given last.
    void advance(std::size_t offset);

    [[nodiscard]] std::size_t line() const noexcept { return m_line; }
    [[nodiscard]] std::size_t column() const noexcept { return m_column; }

  private:
    std::string_view m_text;
    std::size_t m_offset = 0;
    std::size_t m_line;
    std::size_t m_column;
};

/// EF BB BF at the beginning of a file: not a part of its SQL.
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

}  // namespace tripmig::sql
