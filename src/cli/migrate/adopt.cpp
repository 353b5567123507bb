#include "app/migrate/adopt.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/print.hpp"
#include "view/migrate/history.hpp"

namespace tripmig::cli {

void add_adopt(CLI::App& app, Commands& commands) {
    auto options = std::make_shared<app::AdoptOptions>();
    CLI::App* command = app.add_subcommand("adopt", "Go on where Flyway, golang-migrate, dbmate or goose stopped");
    command
        ->add_option("--from", options->from, "Whose history: flyway, golang-migrate, dbmate, goose; told by the table")
        ->type_name("TOOL")
        ->check(CLI::IsMember({"flyway", "golang-migrate", "dbmate", "goose"}));
    command->add_option("--table", options->table, "The tool's table, when it was told to use another than its own")
        ->type_name("TABLE");
    command->add_flag("--allow-missing", options->allow_missing,
                      "Leave out versions that were applied and have no file any more");
    command->footer(
        "Records what the tool applied, runs nothing, and leaves the tool's table as it is. Safe to repeat.\n"
        "The tool's own lock is held meanwhile. Exit 12 when the tool stopped half way, 4 when a file is missing or "
        "is\n"
        "not what was applied (Flyway's checksums).\n"
        "Example:\n"
        "  tripmig adopt && tripmig up");
    commands.add(command, [options](Context& context) {
        print(context, app::adopt_history(context, *options), view::adopt_json);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
