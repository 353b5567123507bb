#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tripmig::config {

/// "64 GB", "512MB", "8kB", "100 B": one whole number and one of PostgreSQL's units, each 1024 of the one before
/// (manual 20.1.1); large and small letters count alike. nullopt for anything else, a number without a unit and one
/// that overflows among them.
std::optional<std::int64_t> parse_byte_size(std::string_view text);

/// For people: "100 B", "12 kB", "3.4 GB".
std::string byte_size_text(std::int64_t bytes);

}  // namespace tripmig::config
