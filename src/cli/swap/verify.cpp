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
        "Each comparison uses one snapshot. Exit 10 if they differ; the keys are listed. Rows that wait in the log for "
        "the next catch-up do not count. A registry can be verified at any time, even long after its swap was "
        "finished. A difference found before the cut-over blocks the cut-over until a later comparison finds none.");
    commands.add(command, [table](Context& context) {
        const app::SwapVerification result = app::verify_swap(context, config::parse_table_name(*table));
        print(context, result, view::swap_verification_json, view::swap_verification_text);
        return result.found.is_equal() ? ExitCode::ok : ExitCode::verification_difference;
    });
}

}  // namespace tripmig::cli
