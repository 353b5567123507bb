#include "base/step.hpp"

#include <array>

namespace tripmig {

std::string_view to_string(LockMode mode) {
    static constexpr std::array<std::string_view, 8> names{
        "ACCESS SHARE", "ROW SHARE",           "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE",
        "SHARE",        "SHARE ROW EXCLUSIVE", "EXCLUSIVE",     "ACCESS EXCLUSIVE"};
    return names.at(static_cast<std::size_t>(mode));
}

}  // namespace tripmig
