#include "app/swap/close.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "app/audit/audited.hpp"
#include "cli/confirm.hpp"
#include "cli/print.hpp"
#include "cli/swap/options.hpp"
#include "config/policy.hpp"
#include "view/swap/status.hpp"

namespace tripmig::cli {

void add_swap_revert(CLI::App& group, Commands& commands) {
    CLI::App* command = group.add_subcommand("revert", "Put the old table back");
    auto table = std::make_shared<std::string>();
    add_table_argument(*command, *table);
    accept_yes_option(*command);
    command->footer(
        "Nothing that was written since the cut-over is lost. With attach, possible as long as all rows are in the\n"
        "partition of the past; with copy, until `tripmig swap finish`.");
    commands.add(command, [table](Context& context) {
        print(context,
              app::audited(context, [&] { return app::revert_swap(context, config::parse_table_name(*table)); }),
              view::swap_json, view::swap_text);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
