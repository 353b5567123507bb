#include "app/swap/close.hpp"

#include <CLI/CLI.hpp>
#include <memory>

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
        print(context, app::finish_swap(context, config::parse_table_name(*table), confirm_on_terminal(*yes)),
              view::swap_json, view::swap_text);
        return ExitCode::ok;
    });
}

void add_swap_abort(CLI::App& group, Commands& commands) {
    CLI::App* command = group.add_subcommand("abort", "Abort a swap before its cut-over, and remove what it created");
    auto table = std::make_shared<std::string>();
    add_table_argument(*command, *table);
    accept_yes_option(*command);
    commands.add(command, [table](Context& context) {
        print(context, app::abort_swap(context, config::parse_table_name(*table)), view::swap_json, view::swap_text);
        return ExitCode::ok;
    });
}

void add_swap_revert(CLI::App& group, Commands& commands) {
    CLI::App* command = group.add_subcommand("revert", "Put the old table back");
    auto table = std::make_shared<std::string>();
    add_table_argument(*command, *table);
    accept_yes_option(*command);
    command->footer(
        "Nothing that was written since the cut-over is lost. With attach, possible as long as all rows are in the\n"
        "partition of the past; with copy, until `tripmig swap finish`.");
    commands.add(command, [table](Context& context) {
        print(context, app::revert_swap(context, config::parse_table_name(*table)), view::swap_json, view::swap_text);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
