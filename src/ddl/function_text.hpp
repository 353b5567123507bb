#pragma once

#include <string>
#include <vector>

namespace tripmig::ddl {

/// $tripmig$ ... $tripmig$, with a tag that is not in the text.
std::string dollar_quoted(const std::string& body);

/// For a text that pg_catalog.format() reads.
std::string without_placeholders(const std::string& text);

/// An expression: "Key (a, b)=(1, 2)" of NEW, and what follows, as PostgreSQL words the detail of a violation.
std::string key_detail(const std::vector<std::string>& columns, const std::string& verdict);

}  // namespace tripmig::ddl
