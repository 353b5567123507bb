#include "app/migrate/rehearse.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/confirm.hpp"
#include "cli/print.hpp"
#include "view/migrate/rehearsal.hpp"

namespace tripmig::cli {

void add_rehearse(CLI::App& app, Commands& commands) {
    auto options = std::make_shared<app::RehearseOptions>();
    CLI::App* command = app.add_subcommand(
        "rehearse", "Apply, undo and re-apply all files on a throw-away server; report locks and differences");
    command
        ->add_option("--pg-bindir", options->bindir,
                     "Directory of initdb and postgres; default: from PG_BINDIR, pg_config, or Debian's packages")
        ->type_name("DIR");
    auto yes = std::make_shared<bool>(false);
    add_yes_option(*command, *yes);
    command->footer(
        "Shows the locks that each statement took on existing relations (pg_locks), which tables it rewrote "
        "(relfilenode)\n"
        "and read in full, and whom it would block. Compares the schema: after each undo with the schema before the\n"
        "migration, after the second apply with the schema after the first. Exit code 10: they differ.\n"
        "Only --url selects another server than the throw-away one; TRIPMIG_DATABASE_URL and the like are ignored.\n"
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
