#pragma once

#include <string>
#include <string_view>

#include "base/qualified_name.hpp"

namespace tripmig::ddl {

/// Whether a statement as the server prints it, with qualified names, says ONLY of this table: FROM ONLY t, UPDATE ONLY
/// t. The text of a function that is a string is not looked into.
bool says_only(std::string_view sql, const QualifiedName& table);

/// The same statement without it. Of a partitioned table ONLY means no row at all, of a table without children nothing.
std::string without_only(std::string_view sql, const QualifiedName& table);

}  // namespace tripmig::ddl
