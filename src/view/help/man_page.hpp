#pragma once

#include <string>

#include "view/help/command_info.hpp"

namespace tripmig::view {

/// A command's manual page for man(1), in man(7)'s macros. `program` holds the options that every command takes;
/// `version` stands at its foot: "tripmig 1.2.3". The same input gives the same bytes, so a package can be built twice.
std::string man_page(const CommandInfo& command, const CommandInfo& program, const std::string& version);

/// "tripmig-partition-split.1".
std::string man_page_file(const CommandInfo& command);

}  // namespace tripmig::view
