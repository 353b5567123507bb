#pragma once

#include <map>
#include <string>
#include <string_view>

namespace tripmig::migrate {

/// One line with environment variables put in, as goose's ENVSUB ON does: $NAME and ${NAME} (empty when not set),
/// ${NAME:-default} (not set or empty), ${NAME-default} (not set), ${NAME?message} and ${NAME:?message} (an error
/// then); defaults may hold variables themselves. A \ before a $ takes it away. SQL's own dollars stay: $1, $$, and
/// $tag$ unless there is a variable of that name. Throws Error{usage} without a place: a variable that is required, a
/// brace that is not closed, an operator that is none of these.
std::string with_environment(std::string_view line, const std::map<std::string, std::string>& variables);

}  // namespace tripmig::migrate
