#include "ddl/function_text.hpp"

#include <fmt/format.h>

#include "ddl/column_text.hpp"
#include "sql/identifier.hpp"

namespace tripmig::ddl {

std::string dollar_quoted(const std::string& body) {
    std::string tag = "$tripmig$";
    while (body.find(tag) != std::string::npos)
        tag.insert(tag.size() - 1, "_");
    return tag + body + tag;
}

std::string without_placeholders(const std::string& text) {
    std::string escaped;
    for (const char c : text)
        escaped += c == '%' ? std::string("%%") : std::string(1, c);
    return escaped;
}

std::string key_detail(const std::vector<std::string>& columns, const std::string& verdict) {
    std::string names;
    std::string places;
    for (const std::string& column : columns) {
        names += (names.empty() ? "" : ", ") + without_placeholders(column);
        places += places.empty() ? "%s" : ", %s";
    }
    const std::string format = fmt::format("Key ({})=({}) {}", names, places, without_placeholders(verdict));
    return fmt::format("pg_catalog.format({}, {})", sql::quote_literal(format), of_each("NEW", columns));
}

}  // namespace tripmig::ddl
