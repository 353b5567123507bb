#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/qualified_name.hpp"
#include "db/result.hpp"

namespace tripmig::db {

/// What catalog queries join lists with, both ways: ASCII's unit separator, which stands in no identifier.
inline constexpr char list_separator = '\x1f';

/// Takes the cells of a row from left to right. Throws Error{unexpected} when a cell is not of that kind.
class Cells {
  public:
    explicit Cells(const Row& row) : m_row(row) {}

    const std::optional<std::string>& next() { return m_row.at(m_at++); }
    std::string text();
    std::string text_or_empty() { return next().value_or(std::string()); }
    std::optional<std::string> optional_text() { return next(); }
    bool flag();
    char letter();  ///< '\0' for NULL and for empty text
    std::int64_t number();
    double decimal();
    std::vector<std::string> list();  ///< empty for NULL and for empty text
    QualifiedName name();             ///< two cells: schema and name

  private:
    const Row& m_row;
    std::size_t m_at = 0;
};

/// A list as one parameter of such a query.
std::string joined_list(const std::vector<std::string>& items);

}  // namespace tripmig::db
