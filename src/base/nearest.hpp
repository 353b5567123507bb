#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tripmig {

/// What a mistyped word was most likely meant to be: the known word with the fewest letters changed, left out, added or
/// swapped. Empty when none is near enough to be worth a guess. For "did you mean ...?".
std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace tripmig
