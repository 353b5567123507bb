#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ddl/bounds.hpp"

namespace tripmig::ddl {

/// A moment that is written as a number or as text: epoch_s to epoch_ns, snowflake, ulid.
bool is_encoded(KeyType key);

/// The least key of a bound's moment, with its tail: digits, or the 26 letters and digits of a ULID.
std::string encoded_text(KeyType key, const Bound& bound);
/// The bound that a key begins: its microseconds, and as tail what it has after them. nullopt when it is none, or an
/// Instant can't hold it. A ULID in upper case, as its specification has it.
std::optional<Bound> parse_encoded(KeyType key, std::string_view text);

/// An exact decimal: the integer below it, and its digits after the point as tail.
std::string numeric_text(const Bound& bound);
/// nullopt when it is none, has more than 20 digits after the point, or 64 bits don't hold its integer.
std::optional<Bound> parse_numeric(std::string_view text);

}  // namespace tripmig::ddl
