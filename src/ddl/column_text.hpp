#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tripmig::ddl {

// Conditions and lists over columns, as SQL. `of`, `left` and `right` are names of rows, written as they are.

/// `NEW.a, NEW.b`.
std::string of_each(std::string_view of, const std::vector<std::string>& columns);

/// `l.a = r.x AND l.b = r.y`; the two lists are equally long.
std::string all_equal(std::string_view left, const std::vector<std::string>& left_columns, std::string_view right,
                      const std::vector<std::string>& right_columns);

/// `OLD.a IS DISTINCT FROM NEW.a OR ...`: whether an UPDATE changes one of them.
std::string any_differs(const std::vector<std::string>& columns);

}  // namespace tripmig::ddl
