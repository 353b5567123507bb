#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tripmig::backfill {

/// `a.x = b.x AND a.y = b.y`.
std::string equal_keys(const std::vector<std::string>& keys, std::string_view left, std::string_view right);

}  // namespace tripmig::backfill
