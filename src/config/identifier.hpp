#pragma once

#include <string>
#include <string_view>

namespace tripmig::config {

/// One identifier as a person types it in SQL: `orders`, `Orders` (folded to `orders`), `"Odd.Name"` (kept), by the
/// rules of the manual's 4.1.1. Reads it from the front of `text` and takes it away, with the blanks around it. Throws
/// Error{usage} when none stands there, or one that PostgreSQL would cut at 63 bytes.
std::string take_identifier(std::string_view& text);

/// The same when nothing else may follow.
std::string parse_identifier(std::string_view text);

}  // namespace tripmig::config
