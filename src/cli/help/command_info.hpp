#pragma once

#include "view/help/command_info.hpp"

namespace CLI {
class App;
}

namespace tripmig::cli {

/// What the command line declares, as a value. Commands and options that --help hides are left out.
view::CommandInfo command_info(const CLI::App& command);

}  // namespace tripmig::cli
