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

void add_swap_abort(CLI::App& group, Commands& commands) {
    CLI::App* command = group.add_subcommand("abort", "Abort a swap before its cut-over, and remove what it created");
    auto table = std::make_shared<std::string>();
    add_table_argument(*command, *table);
    accept_yes_option(*command);
    commands.add(command, [table](Context& context) {
        print(context,
              app::audited(context, [&] { return app::abort_swap(context, config::parse_table_name(*table)); }),
              view::swap_json, view::swap_text);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
