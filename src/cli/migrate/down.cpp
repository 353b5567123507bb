#include "app/migrate/down.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/confirm.hpp"
#include "cli/print.hpp"
#include "view/migrate/run.hpp"

namespace tripmig::cli {

void add_down(CLI::App& app, Commands& commands) {
    auto options = std::make_shared<app::DownOptions>();
    auto yes = std::make_shared<bool>(false);
    CLI::App* command = app.add_subcommand("down", "Undo by U files, newest first");
    CLI::Option* to =
        command->add_option("--to", options->to, "Undo what is above this version; 0 undoes all")->type_name("VERSION");
    command->add_option("--steps", options->steps, "Undo so many versions")
        ->type_name("N")
        ->check(CLI::PositiveNumber)
        ->capture_default_str()
        ->excludes(to);
    add_yes_option(*command, *yes);
    command->footer(
        "Examples:\n"
        "  tripmig down --yes              undo the newest version\n"
        "  tripmig down --to 3 --yes       back to version 3");
    commands.add(command, [options, yes](Context& context) {
        print(context, app::migrate_down(context, *options, confirm_on_terminal(*yes)), view::down_json);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
