#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/qualified_name.hpp"

namespace tripmig::db {

/// What a library keeps of a server's answer; cells are text, whoever sent the statement.
class Answer {
  public:
    Answer() = default;
    virtual ~Answer() = default;
    Answer(const Answer&) = delete;
    Answer& operator=(const Answer&) = delete;

    [[nodiscard]] virtual std::size_t rows() const = 0;
    [[nodiscard]] virtual std::size_t columns() const = 0;
    [[nodiscard]] virtual std::string_view column_name(std::size_t column) const = 0;
    /// nullopt: NULL. The text lives as long as the answer.
    [[nodiscard]] virtual std::optional<std::string_view> cell(std::size_t row, std::size_t column) const = 0;
    /// Rows that INSERT, UPDATE, DELETE, COPY ... touched; 0 for others.
    [[nodiscard]] virtual std::uint64_t affected() const = 0;
};

/// One row, read by the names that its statement gives the columns. Throws Error{unexpected} for a column that the
/// statement does not have and for a cell that is not of the kind asked for: for NULL too, where it does not say so.
class Row {
  public:
    Row(std::shared_ptr<const Answer> answer, std::size_t index) : m_answer(std::move(answer)), m_index(index) {}

    [[nodiscard]] bool is_null(std::string_view column) const { return !cell(column); }
    [[nodiscard]] std::string text(std::string_view column) const;
    [[nodiscard]] std::string text_or_empty(std::string_view column) const;
    [[nodiscard]] std::optional<std::string> optional_text(std::string_view column) const;
    [[nodiscard]] bool flag(std::string_view column) const;
    [[nodiscard]] char letter(std::string_view column) const;  ///< '\0' for NULL and for empty text
    [[nodiscard]] std::int64_t number(std::string_view column) const;
    [[nodiscard]] std::optional<std::int64_t> optional_number(std::string_view column) const;
    [[nodiscard]] std::uint32_t oid(std::string_view column) const;
    [[nodiscard]] double decimal(std::string_view column) const;
    [[nodiscard]] std::optional<double> optional_decimal(std::string_view column) const;
    /// What joined_list() makes; empty for NULL and for empty text.
    [[nodiscard]] std::vector<std::string> list(std::string_view column) const;
    /// Two columns.
    [[nodiscard]] QualifiedName name(std::string_view schema = "schema", std::string_view name = "name") const;

  private:
    [[nodiscard]] std::optional<std::string_view> cell(std::string_view column) const;

    std::shared_ptr<const Answer> m_answer;
    std::size_t m_index;
};

/// What a server answered to one statement.
class Result {
  public:
    class Iterator {
      public:
        Iterator(const Result& result, std::size_t index) : m_result(&result), m_index(index) {}
        Row operator*() const { return {m_result->m_answer, m_index}; }
        Iterator& operator++() {
            ++m_index;
            return *this;
        }
        friend bool operator==(const Iterator&, const Iterator&) = default;

      private:
        const Result* m_result;
        std::size_t m_index;
    };

    Result() = default;
    explicit Result(std::shared_ptr<const Answer> answer) : m_answer(std::move(answer)) {}

    [[nodiscard]] std::size_t size() const { return m_answer ? m_answer->rows() : 0; }
    [[nodiscard]] bool empty() const { return size() == 0; }
    [[nodiscard]] std::size_t columns() const { return m_answer ? m_answer->columns() : 0; }
    [[nodiscard]] Iterator begin() const { return {*this, 0}; }
    [[nodiscard]] Iterator end() const { return {*this, size()}; }
    /// The only row.
    [[nodiscard]] Row row() const;

    /// The only value: of a SELECT of one column. Throws for more or fewer rows, and for NULL.
    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::int64_t number() const;
    [[nodiscard]] bool flag() const;
    /// nullopt: no row, or NULL.
    [[nodiscard]] std::optional<std::string> optional_text() const;
    [[nodiscard]] std::optional<bool> optional_flag() const;

    [[nodiscard]] std::uint64_t affected() const { return m_answer ? m_answer->affected() : 0; }

  private:
    [[nodiscard]] std::optional<std::string_view> value() const;

    std::shared_ptr<const Answer> m_answer;
};

/// What catalog queries join lists with, both ways: ASCII's unit separator, which stands in no identifier.
inline constexpr char list_separator = '\x1f';

/// A list as one parameter of such a query.
std::string joined_list(const std::vector<std::string>& items);

using Parameters = std::vector<std::optional<std::string>>;

}  // namespace tripmig::db
