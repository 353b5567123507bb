#include "app/migrate/wait.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/duration_option.hpp"
#include "cli/print.hpp"
#include "view/migrate/history.hpp"

namespace tripmig::cli {

void add_wait(CLI::App& app, Commands& commands) {
    CLI::App* command =
        app.add_subcommand("wait", "Wait until the database is reachable and no migration is pending; changes nothing");
    auto timeout = std::make_shared<std::string>("5min");
    command->add_option("--timeout", *timeout, "The longest time to wait")
        ->type_name("DURATION")
        ->capture_default_str();
    command->footer(
        "For the init container of an application whose migrations are applied elsewhere.\n"
        "Exit codes: 0 nothing is pending; 3 timed out, migrations are pending; 6 timed out, the database is not "
        "reachable;\n"
        "4 at once if files and history disagree. A newer database is fine.\n"
        "Example:\n"
        "  tripmig wait --timeout 10min");
    commands.add(command, [timeout](Context& context) {
        const auto longest = parse_duration_option("--timeout", *timeout);
        print(context, app::wait_for_migrations(context, longest), view::wait_json);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
