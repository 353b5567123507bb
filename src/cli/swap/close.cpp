#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/swap/options.hpp"
#include "cli/swap/print.hpp"
#include "job/open_job.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"
#include "partition/split/split.hpp"
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
        job::Session server(context.config, context.reporter, context.clock, context.stop);
        server.take_job(table);
        job::require_job(server, table);
        require_yes(context, *yes,
                    fmt::format("finish the swap of {}? There is no way back afterwards", sql::quoted(table)));
        const job::State state = swap::finish(server, table);
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
        job::Session server(context.config, context.reporter, context.clock, context.stop);
        server.take_job(table);
        const bool is_split = job::require_job(server, table).is<job::SplitJob>();
        const job::State state = is_split ? partition::abort_split(server, table) : swap::abort(server, table);
        print_swap(context, table, &state);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
