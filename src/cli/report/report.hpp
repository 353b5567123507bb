#pragma once

#include "cli/command.hpp"

namespace tripmig::cli {

void add_report(CLI::App& app, Commands& commands);
void add_serve(CLI::App& app, Commands& commands);

}  // namespace tripmig::cli
