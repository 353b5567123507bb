#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ddl/bounds.hpp"

namespace tripmig::ddl {

/// The uuid that begins with the bound's time in milliseconds, and goes on with its tail: the least one of that moment
/// when that is zero.
std::string uuid_text(const Bound& bound);

/// A uuid as PostgreSQL prints it, in lower case with four dashes, as the time in its first 48 bits and the rest (RFC
/// 9562, 5.7).
std::optional<Bound> parse_uuid(std::string_view text);

}  // namespace tripmig::ddl
