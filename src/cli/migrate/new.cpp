#include "app/migrate/new.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/print.hpp"
#include "view/migrate/files.hpp"

namespace tripmig::cli {

void add_new(CLI::App& app, Commands& commands) {
    CLI::App* command = app.add_subcommand("new", "Make an empty migration file with the next version");
    auto name = std::make_shared<std::string>();
    auto with_undo = std::make_shared<bool>(false);
    command->add_option("name", *name, "What it does, in words: \"add users table\"")->required()->type_name("NAME");
    command->add_flag("--undo", *with_undo, "Make its way back as well: a file, or a part of it");
    command->footer(
        "Prints the path. The version is the next number, or the time where versions are times. The name and what is "
        "in\n"
        "the file are of the directory's dialect (--dialect for an empty one).");
    commands.add(command, [name, with_undo](Context& context) {
        print(context, app::make_migration(context, *name, *with_undo), view::new_json, view::new_text);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
