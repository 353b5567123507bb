#pragma once

#include <array>
#include <string_view>

namespace tripmig::config {

/// The tools whose migration files and histories are read, in the order of migrate::Dialect: as --dialect and --from
/// take them. The first one's files are tripmig's own.
inline constexpr std::array<std::string_view, 4> dialect_names{"flyway", "golang-migrate", "dbmate", "goose"};

/// The same, with "auto" for what is detected from the files.
inline constexpr std::array<std::string_view, 5> dialect_choices{"auto", dialect_names[0], dialect_names[1],
                                                                 dialect_names[2], dialect_names[3]};
inline constexpr std::string_view dialect_choices_text = "auto, flyway, golang-migrate, dbmate, goose";

}  // namespace tripmig::config
