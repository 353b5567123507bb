#include "app/migrate/new.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/print.hpp"
#include "view/migrate/files.hpp"

namespace tripmig::cli {

void add_new(CLI::App& app, Commands& commands) {
    CLI::App* command = app.add_subcommand("new", "Create an empty migration file with the next version");
    auto options = std::make_shared<app::NewOptions>();
    command->add_option("NAME", options->name, "What it does, in words, e.g. \"add users table\"")
        ->required()
        ->type_name("NAME");
    command->add_flag("--undo", options->with_undo, "Also create its undo file (or undo part)");
    command->add_flag("--time", options->numbers_by_time, "Use the time (UTC) as the version: 20260131030000");
    command->footer(
        "Prints the path. The version is the next number, or the current time if the versions are times. Name and "
        "content\n"
        "follow the format of the files in the directory (--dialect for an empty one). A missing directory is "
        "created.");
    commands.add(command, [options](Context& context) {
        print(context, app::make_migration(context, *options), view::new_json, view::new_text);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
