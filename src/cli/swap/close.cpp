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
    CLI::App* command =
        group.add_subcommand("finish", "Close the job of a complete swap: from then on there is no revert");
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
    CLI::App* command = group.add_subcommand("abort", "Give a swap up before its cut-over; leaves nothing behind");
    auto table = std::make_shared<std::string>();
    add_table_argument(*command, *table);
    accept_yes_option(*command);
    commands.add(command, [table](Context& context) {
        print(context, app::abort_swap(context, config::parse_table_name(*table)), view::swap_json, view::swap_text);
        return ExitCode::ok;
    });
}

void add_swap_revert(CLI::App& group, Commands& commands) {
    CLI::App* command =
        group.add_subcommand("revert", "Put the old table back in its place, as long as no row lies beyond the cut");
    auto table = std::make_shared<std::string>();
    add_table_argument(*command, *table);
    accept_yes_option(*command);
    command->footer("Loses nothing: what was written since the cut-over is in the old table, the leaf of the past.");
    commands.add(command, [table](Context& context) {
        print(context, app::revert_swap(context, config::parse_table_name(*table)), view::swap_json, view::swap_text);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
