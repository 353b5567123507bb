#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct pg_result;

namespace tripmig::db {

/// What libpq answered to one statement. Cells are text; the views live as long as the result.
class Result {
  public:
    Result() = default;
    explicit Result(pg_result* raw);

    [[nodiscard]] std::size_t rows() const noexcept;
    [[nodiscard]] std::size_t columns() const noexcept;
    [[nodiscard]] bool is_null(std::size_t row, std::size_t column) const;
    /// The text of a cell; empty for NULL.
    [[nodiscard]] std::string_view text(std::size_t row, std::size_t column) const;
    [[nodiscard]] std::optional<std::string> value(std::size_t row, std::size_t column) const;
    /// Throws Error{unexpected} when the cell is no number.
    [[nodiscard]] std::int64_t number(std::size_t row, std::size_t column) const;
    [[nodiscard]] bool flag(std::size_t row, std::size_t column) const { return text(row, column) == "t"; }
    /// Rows that INSERT, UPDATE, DELETE, COPY ... touched; 0 for others.
    [[nodiscard]] std::uint64_t affected() const;

    [[nodiscard]] pg_result* raw() const noexcept { return m_raw.get(); }

  private:
    std::shared_ptr<pg_result> m_raw;
};

/// Rows of values, as libpqxx read them: what leaves db/ when a Session answers.
using Row = std::vector<std::optional<std::string>>;
using Rows = std::vector<Row>;

using Parameters = std::vector<std::optional<std::string>>;

}  // namespace tripmig::db
