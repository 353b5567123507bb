#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tripmig::sql {

/// The parts of a dotted name as a person writes it: public.orders, "Odd.Name", Shop."t". nullopt when it is no such
/// name.
std::optional<std::vector<std::string>> split_identifier(std::string_view text);

}  // namespace tripmig::sql
