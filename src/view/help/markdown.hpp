#pragma once

#include <string>

#include "view/help/command_info.hpp"

namespace tripmig::view {

/// docs/commands.md: every command with its options, in the order of --help.
std::string commands_markdown(const CommandInfo& program);

}  // namespace tripmig::view
