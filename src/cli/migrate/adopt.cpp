#include "app/migrate/adopt.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "app/audit/audited.hpp"
#include "cli/print.hpp"
#include "config/dialects.hpp"
#include "view/migrate/history.hpp"

namespace tripmig::cli {

void add_adopt(CLI::App& app, Commands& commands) {
    auto options = std::make_shared<app::AdoptOptions>();
    CLI::App* command = app.add_subcommand("adopt", "Take over the history of Flyway, golang-migrate, dbmate or goose");
    command
        ->add_option("--from", options->from,
                     "Whose history: flyway, golang-migrate, dbmate or goose; default: detected from the table")
        ->type_name("TOOL")
        ->check(CLI::IsMember(std::vector<std::string>(config::dialect_names.begin(), config::dialect_names.end())));
    command
        ->add_option("--table", options->table, "The tool's history table, if it does not have the tool's default name")
        ->type_name("TABLE");
    command->add_flag("--allow-missing", options->allow_missing,
                      "Skip versions that were applied but whose files no longer exist");
    command->footer(
        "Records what the tool applied and runs nothing. The tool's table is not changed. Safe to repeat.\n"
        "The tool's own lock is held meanwhile. Exit 12 if the tool stopped half way, 4 if a file is missing or was\n"
        "changed after it was applied (Flyway's checksums).\n"
        "Example:\n"
        "  tripmig adopt && tripmig up");
    commands.add(command, [options](Context& context) {
        print(context, app::audited(context, [&] { return app::adopt_history(context, *options); }), view::adopt_json);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
