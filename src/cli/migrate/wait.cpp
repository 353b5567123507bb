#include "app/migrate/wait.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/duration_option.hpp"
#include "cli/print.hpp"
#include "view/migrate/history.hpp"

namespace tripmig::cli {

void add_wait(CLI::App& app, Commands& commands) {
    CLI::App* command =
        app.add_subcommand("wait", "Until the database can be reached and has what these files say; changes nothing");
    auto timeout = std::make_shared<std::string>("5min");
    command->add_option("--timeout", *timeout, "How long at most")->type_name("DURATION")->capture_default_str();
    command->footer(
        "For the init container of an application whose migrations another one applies.\n"
        "Exit codes: 0 it has; 3 the time is over and something is pending; 6 the time is over and it can't be "
        "reached;\n"
        "4 at once when files and history disagree. A newer database is fine.\n"
        "Example:\n"
        "  tripmig wait --timeout 10min");
    commands.add(command, [timeout](Context& context) {
        const auto longest = parse_duration_option("--timeout", *timeout);
        print(context, app::wait_for_migrations(context, longest), view::wait_json);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
