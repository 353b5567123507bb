#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace tripmig::db {

/// Reads what COPY ... TO STDOUT (FORMAT binary) sent, row by row (manual: COPY, Binary Format). Such a COPY is the
/// quickest way to a small table: nothing is parsed for types, planned or sorted, and no setting of the session changes
/// what a value looks like. Throws Error{unexpected} for bytes that are no such thing.
class BinaryCopy {
  public:
    explicit BinaryCopy(std::string bytes);

    /// Goes to the next row. False: there is none.
    bool next();

    [[nodiscard]] bool is_null(std::size_t column) const { return !m_row.at(column); }
    /// Of a text column; empty for NULL.
    [[nodiscard]] std::string text(std::size_t column) const;
    /// Of an int4 or int8 column that is not NULL.
    [[nodiscard]] std::int64_t number(std::size_t column) const;
    /// Of a timestamptz column that is not NULL: on the wire microseconds since 2000-01-01 00:00 UTC.
    [[nodiscard]] Instant time(std::size_t column) const;

  private:
    std::string_view take(std::size_t count);
    std::int64_t take_number(std::size_t bytes);

    std::string m_bytes;
    std::size_t m_at = 0;
    std::vector<std::optional<std::string_view>> m_row;
};

}  // namespace tripmig::db
