#include "swap/revert.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/swap/options.hpp"
#include "cli/swap/print.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::cli {

void add_swap_revert(CLI::App& group, Commands& commands) {
    CLI::App* command =
        group.add_subcommand("revert", "Put the old table back in its place, as long as no row lies beyond the cut");
    auto options = std::make_shared<SwapOptions>();
    add_table_argument(*command, *options);
    command->footer("Loses nothing: what was written since the cut-over is in the old table, the leaf of the past.");
    commands.add(command, [options](Context& context) {
        const QualifiedName table = config::parse_table_name(options->table);
        job::Session server(context.config, context.reporter, context.clock, context.stop);
        server.take_job(table);
        const job::State state = swap::revert(server, table);
        print_swap(context, table, &state);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
