#include "app/migrate/repair.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/print.hpp"
#include "view/migrate/history.hpp"

namespace tripmig::cli {

void add_repair(CLI::App& app, Commands& commands) {
    CLI::App* command =
        app.add_subcommand("repair", "Record applied files as they are now, where only their form changed");
    auto accepted = std::make_shared<std::vector<std::string>>();
    command
        ->add_option("--accept-changed", *accepted,
                     "Record this version although its statements changed: the database has what the file says")
        ->type_name("V");
    command->footer(
        "Runs nothing. Comments, white space and line ends may differ; other statements are an error (exit 4)\n"
        "that names the versions, unless each is accepted. All or nothing is recorded.\n"
        "Example:\n"
        "  tripmig repair --accept-changed 7");
    commands.add(command, [accepted](Context& context) {
        print(context, app::repair_history(context, *accepted), view::repair_json);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
