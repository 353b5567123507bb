#include "db/state/with_state.hpp"

#include "base/replace_all.hpp"
#include "sql/identifier.hpp"

namespace tripmig::db {

std::string with_state(std::string_view statement, std::string_view state_schema) {
    std::string text(statement);
    replace_all(text, ":\"state\"", sql::quote_ident(state_schema));
    replace_all(text, ":'state'", sql::quote_literal(state_schema));
    return text;
}

}  // namespace tripmig::db
