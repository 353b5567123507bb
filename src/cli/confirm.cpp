#include "cli/confirm.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <iostream>
#include <string>

#include "base/error.hpp"

namespace tripmig::cli {

void add_yes_option(CLI::App& command, bool& is_confirmed) {
    command.add_flag("--yes", is_confirmed,
                     "Do not ask for confirmation; required without a terminal (else exit code 12)");
}

void accept_yes_option(CLI::App& command) {
    command.add_flag_function(
        "--yes", [](std::int64_t) {}, "Accepted for scripts; this command does not ask for confirmation");
}

app::Confirm confirm_on_terminal(bool is_confirmed) {
    return [is_confirmed](const std::string& what) {
        if (is_confirmed)
            return;
        if (::isatty(STDIN_FILENO) == 0)
            throw Error(ExitCode::refused, what, "nothing was changed; add --yes to confirm");
        std::cerr << what << ". Continue? [y/N] " << std::flush;  // stdout is for the result
        std::string answer;
        std::getline(std::cin, answer);
        if (answer != "y" && answer != "yes")
            throw Error(ExitCode::refused, "not confirmed: nothing was changed");
    };
}

}  // namespace tripmig::cli
