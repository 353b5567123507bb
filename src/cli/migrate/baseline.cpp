#include "app/migrate/baseline.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "app/audit/audited.hpp"
#include "cli/print.hpp"
#include "view/migrate/history.hpp"

namespace tripmig::cli {

void add_baseline(CLI::App& app, Commands& commands) {
    CLI::App* command =
        app.add_subcommand("baseline", "Start with an existing database: record versions up to V as applied");
    auto version = std::make_shared<std::string>();
    command->add_option("V", *version, "The newest version whose changes are already in the database")
        ->required()
        ->type_name("V");
    command->footer(
        "Adds one row to the history and runs nothing. Refused (exit 12) if the history already has versions.\n"
        "If the database has the history of another tool, use `tripmig adopt` instead.\n"
        "Example:\n"
        "  tripmig baseline 12 && tripmig up      continue with version 13");
    commands.add(command, [version](Context& context) {
        print(context, app::audited(context, [&] { return app::record_baseline(context, *version); }),
              view::baseline_json);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
