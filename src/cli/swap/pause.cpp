#include "job/pause.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "view/json_text.hpp"

#include "cli/swap/options.hpp"
#include "job/open_job.hpp"
#include "job/progress.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"
#include "swap/close.hpp"
#include "view/swap.hpp"

namespace tripmig::cli {

namespace {

void add(CLI::App& group, Commands& commands, const std::string& name, const std::string& what, bool is_paused) {
    CLI::App* command = group.add_subcommand(name, what);
    auto options = std::make_shared<SwapOptions>();
    add_table_argument(*command, *options);
    commands.add(command, [options, is_paused](Context& context) {
        const QualifiedName table = config::parse_table_name(options->table);
        job::Session server(context.config, context.reporter, context.clock, context.stop);
        job::set_paused(server, table, is_paused);
        const job::State state = job::require_job(server, table);
        const job::JobProgress progress = job::read_progress(server, state);
        if (context.json)
            context.out << view::json_text(view::status_document(state, progress)) << '\n';
        else
            context.out << view::status_text(state, progress);
        return ExitCode::ok;
    });
}

}  // namespace

void add_swap_pause(CLI::App& group, Commands& commands) {
    add(group, commands, "pause", "Let the swap of a table hold, from any terminal; it keeps what is done", true);
}

void add_swap_resume(CLI::App& group, Commands& commands) {
    add(group, commands, "resume", "Let a paused swap go on", false);
}

}  // namespace tripmig::cli
