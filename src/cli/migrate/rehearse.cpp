#include "app/migrate/rehearse.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/confirm.hpp"
#include "cli/print.hpp"
#include "view/migrate/rehearsal.hpp"

namespace tripmig::cli {

void add_rehearse(CLI::App& app, Commands& commands) {
    auto options = std::make_shared<app::RehearseOptions>();
    CLI::App* command =
        app.add_subcommand("rehearse", "Run all files up, down and up again on a throw-away server, and watch");
    command
        ->add_option("--pg-bindir", options->bindir,
                     "The folder of initdb and postgres (else PG_BINDIR, pg_config, Debian's)")
        ->type_name("DIR");
    auto yes = std::make_shared<bool>(false);
    add_yes_option(*command, *yes);
    command->footer(
        "Shows the locks that each statement took on what was there before (pg_locks), which tables it rewrote\n"
        "(relfilenode) and read from end to end, and whom it would block; and compares the schema: behind each way "
        "back\n"
        "with what was there before, behind the second way up with the first. Exit code 10: it differs.\n"
        "Only --url names another server than the throw-away one; TRIPMIG_DATABASE_URL and its like do not count.\n"
        "Examples:\n"
        "  tripmig rehearse\n"
        "  tripmig rehearse --url postgresql://localhost/clone --yes --json");
    const CLI::Option* url = app.get_option("--url");
    commands.add(command, [options, url, yes](Context& context) {
        options->is_on_clone = url->count() > 0;
        const app::RehearsalResult result = app::rehearse_migrations(context, *options, confirm_on_terminal(*yes));
        print(context, result, view::rehearsal_json, view::rehearsal_text);
        context.reporter.info("rehearse.done", view::rehearsal_summary(result));
        return result.exit_code();
    });
}

}  // namespace tripmig::cli
