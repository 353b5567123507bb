#include "app/swap/verify.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/print.hpp"
#include "cli/swap/options.hpp"
#include "config/policy.hpp"
#include "view/swap/verify.hpp"

namespace tripmig::cli {

void add_swap_verify(CLI::App& group, Commands& commands) {
    CLI::App* command =
        group.add_subcommand("verify", "Compare the old and the new table of a copy, and a registry with its table");
    auto table = std::make_shared<std::string>();
    add_table_argument(*command, *table);
    command->footer(
        "Exit code 10 if they differ, with the keys. The cut-over is then blocked until a later comparison finds no\n"
        "difference. Each comparison uses one snapshot; rows that wait in the log for the next catch-up do not count.\n"
        "A registry can be verified at any time, even long after its swap was finished.");
    commands.add(command, [table](Context& context) {
        const app::SwapVerification result = app::verify_swap(context, config::parse_table_name(*table));
        print(context, result, view::swap_verification_json, view::swap_verification_text);
        return result.found.is_equal() ? ExitCode::ok : ExitCode::verification_difference;
    });
}

}  // namespace tripmig::cli
