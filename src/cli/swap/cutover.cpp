#include "app/swap/run.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "app/audit/audited.hpp"
#include "cli/print.hpp"
#include "cli/swap/options.hpp"
#include "view/swap/status.hpp"

namespace tripmig::cli {

void add_swap_cutover(CLI::App& group, Commands& commands) {
    CLI::App* command = group.add_subcommand("cutover", "Cut over a swap that is ready, and complete it");
    auto options = std::make_shared<app::SwapOptions>();
    add_policy_options(*command, *options);
    add_run_options(*command, *options);
    commands.add(command, [options](Context& context) {
        print(context, app::audited(context, [&] { return app::cut_over_swap(context, *options); }), view::swap_json,
              view::swap_text);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
