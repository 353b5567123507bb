#include "app/migrate/baseline.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/print.hpp"
#include "view/migrate/history.hpp"

namespace tripmig::cli {

void add_baseline(CLI::App& app, Commands& commands) {
    CLI::App* command =
        app.add_subcommand("baseline", "Start with an existing database: versions up to V count as applied");
    auto version = std::make_shared<std::string>();
    command->add_option("version", *version, "The newest version whose changes the database has")
        ->required()
        ->type_name("V");
    command->footer(
        "Records one row and runs nothing. Refused (exit 12) when the history has versions already.\n"
        "Where another tool's history table is, `tripmig adopt` takes that over instead.\n"
        "Example:\n"
        "  tripmig baseline 12 && tripmig up      go on with version 13");
    commands.add(command, [version](Context& context) {
        print(context, app::record_baseline(context, *version), view::baseline_json);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
