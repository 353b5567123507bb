#pragma once

#include "app/confirm.hpp"

namespace CLI {
class App;
}

namespace tripmig::cli {

/// --yes of a command that asks.
void add_yes_option(CLI::App& command, bool& is_confirmed);
/// --yes of a command that has nothing to ask, so that scripts may say it everywhere.
void accept_yes_option(CLI::App& command);

/// Agreed by --yes, or by a person at a terminal; refused elsewhere.
app::Confirm confirm_on_terminal(bool is_confirmed);

}  // namespace tripmig::cli
