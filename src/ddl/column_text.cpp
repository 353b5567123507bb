#include "ddl/column_text.hpp"

#include <fmt/format.h>

#include "sql/identifier.hpp"

namespace tripmig::ddl {

std::string of_each(std::string_view of, const std::vector<std::string>& columns) {
    std::string text;
    for (const std::string& column : columns)
        text += fmt::format("{}{}.{}", text.empty() ? "" : ", ", of, sql::quote_ident(column));
    return text;
}

std::string all_equal(std::string_view left, const std::vector<std::string>& left_columns, std::string_view right,
                      const std::vector<std::string>& right_columns) {
    std::string text;
    for (std::size_t i = 0; i < left_columns.size(); ++i)
        text += fmt::format("{}{}.{} = {}.{}", text.empty() ? "" : " AND ", left, sql::quote_ident(left_columns[i]),
                            right, sql::quote_ident(right_columns.at(i)));
    return text;
}

std::string any_differs(const std::vector<std::string>& columns) {
    std::string text;
    for (const std::string& column : columns)
        text +=
            fmt::format("{0}OLD.{1} IS DISTINCT FROM NEW.{1}", text.empty() ? "" : " OR ", sql::quote_ident(column));
    return text;
}

}  // namespace tripmig::ddl
