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

void add_swap_finish(CLI::App& group, Commands& commands) {
    CLI::App* command = group.add_subcommand("finish", "Close a complete swap; it cannot be reverted after that");
    auto table = std::make_shared<std::string>();
    auto yes = std::make_shared<bool>(false);
    add_table_argument(*command, *table);
    add_yes_option(*command, *yes);
    commands.add(command, [table, yes](Context& context) {
        print(
            context,
            app::audited(
                context,
                [&] { return app::finish_swap(context, config::parse_table_name(*table), confirm_on_terminal(*yes)); }),
            view::swap_json, view::swap_text);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
