#include "db/state/with_state.hpp"

#include "sql/identifier.hpp"

namespace tripmig::db {

namespace {

void replace_all(std::string& text, std::string_view variable, const std::string& value) {
    for (std::size_t at = text.find(variable); at != std::string::npos; at = text.find(variable, at + value.size()))
        text.replace(at, variable.size(), value);
}

}  // namespace

std::string with_state(std::string_view statement, std::string_view state_schema) {
    std::string text(statement);
    replace_all(text, ":\"state\"", sql::quote_ident(state_schema));
    replace_all(text, ":'state'", sql::quote_literal(state_schema));
    return text;
}

}  // namespace tripmig::db
