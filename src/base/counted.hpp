#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace tripmig {

/// "1 row", "2 rows": the number with its noun. `many`: where a plural is no "s" more, as in leaf and leaves.
template <std::integral Count>
std::string counted(Count count, std::string_view one, std::string_view many = {}) {
    std::string text = std::to_string(count) + ' ';
    if (count != 1 && !many.empty())
        return text.append(many);
    return text.append(one).append(count == 1 ? "" : "s");
}

}  // namespace tripmig
