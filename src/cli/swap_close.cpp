#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/swap_options.hpp"
#include "cli/swap_text.hpp"
#include "sql/identifier.hpp"
#include "swap/close.hpp"

namespace tripmig::cli {

void add_swap_finish(CLI::App& group, Commands& commands) {
    CLI::App* command =
        group.add_subcommand("finish", "Close the job of a complete swap: from then on there is no revert");
    auto options = std::make_shared<SwapOptions>();
    auto yes = std::make_shared<bool>(false);
    add_table_argument(*command, *options);
    command->add_flag("--yes", *yes, "Do not ask");
    commands.add(command, [options, yes](Context& context) {
        const QualifiedName table = config::parse_table_name(options->table);
        swap::Server server(context.config, context.reporter, context.clock, context.stop);
        server.take_job(table);
        swap::require_job(server, table);
        require_yes(context, *yes,
                    fmt::format("finish the swap of {}? There is no way back afterwards", sql::quoted(table)));
        const swap::SwapState state = swap::finish(server, table);
        print_swap(context, table, &state);
        return ExitCode::ok;
    });
}

void add_swap_abort(CLI::App& group, Commands& commands) {
    CLI::App* command = group.add_subcommand("abort", "Give a swap up before its cut-over; leaves nothing behind");
    auto options = std::make_shared<SwapOptions>();
    add_table_argument(*command, *options);
    commands.add(command, [options](Context& context) {
        const QualifiedName table = config::parse_table_name(options->table);
        swap::Server server(context.config, context.reporter, context.clock, context.stop);
        server.take_job(table);
        const swap::SwapState state = swap::abort(server, table);
        print_swap(context, table, &state);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
