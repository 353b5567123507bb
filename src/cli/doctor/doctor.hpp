#pragma once

#include "cli/command.hpp"

namespace tripmig::cli {

void add_doctor(CLI::App& app, Commands& commands);

}  // namespace tripmig::cli
