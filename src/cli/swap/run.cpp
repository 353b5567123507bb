#include "app/swap/run.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "app/audit/audited.hpp"
#include "cli/print.hpp"
#include "cli/swap/options.hpp"
#include "view/swap/status.hpp"

namespace tripmig::cli {

void add_swap_run(CLI::App& group, Commands& commands) {
    CLI::App* command = group.add_subcommand("run", "Swap the table, or resume its swap");
    auto options = std::make_shared<app::SwapOptions>();
    auto time = std::make_shared<app::CutOverTime>();
    add_policy_options(*command, *options);
    add_run_options(*command, *options);
    add_cut_over_options(*command, *time);
    command->footer(
        "Examples:\n"
        "  tripmig swap run orders\n"
        "  tripmig swap run orders --until ready && tripmig swap cutover orders\n"
        "  tripmig swap run events --key created_at --interval \"1 day\"");
    commands.add(command, [options, time](Context& context) {
        print(context, app::audited(context, [&] { return app::run_swap(context, *options, *time); }), view::swap_json,
              view::swap_text);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
