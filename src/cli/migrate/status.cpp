#include "app/migrate/status.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/print.hpp"
#include "view/migrate/status.hpp"

namespace tripmig::cli {

namespace {

struct StatusFlags {
    bool tells_by_exit_code = false;
    bool with_locks = false;
};

ExitCode status(Context& context, const StatusFlags& flags) {
    const app::StatusResult result = app::migration_status(context, flags.with_locks);
    print(context, result, view::status_json, flags.with_locks ? view::status_locks_text : view::status_text);
    return flags.tells_by_exit_code ? result.exit_code() : ExitCode::ok;
}

}  // namespace

void add_status(CLI::App& app, Commands& commands) {
    CLI::App* command = app.add_subcommand("status", "Show what is applied, what is pending, and what differs");
    auto options = std::make_shared<StatusFlags>();
    command->add_flag("--exit-code", options->tells_by_exit_code,
                      "Exit 3 if migrations are pending, 4 if files and history disagree");
    command->add_flag("--locks", options->with_locks,
                      "Show the strong locks that each applied migration held, and how long it held the strongest");
    command->footer(
        "Examples:\n"
        "  tripmig status\n"
        "  tripmig status --locks\n"
        "  tripmig status --exit-code --quiet && echo up to date\n"
        "  tripmig --json status | jq .pending");
    commands.add(command, [options](Context& context) { return status(context, *options); });
}

}  // namespace tripmig::cli
