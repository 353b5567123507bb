#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace tripmig::config {

/// Where the first character beyond ASCII stands that is in no string and no comment of the TOML text: a typographic
/// quote or a no-break space, mostly. TOML 1.0 has no place for one, and toml++ 3.3 runs into undefined behaviour
/// there.
std::optional<std::size_t> find_stray_character(std::string_view text);

}  // namespace tripmig::config
