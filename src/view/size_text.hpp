#pragma once

#include <cstdint>
#include <string>

namespace tripmig::view {

/// "8 kB", "9999 MB": in whole units, at least kB.
std::string size_text(std::int64_t bytes);

}  // namespace tripmig::view
