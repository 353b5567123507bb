#include "app/migrate/dump.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/print.hpp"
#include "view/migrate/files.hpp"

namespace tripmig::cli {

void add_dump(CLI::App& app, Commands& commands) {
    CLI::App* command = app.add_subcommand("dump", "Write the schema as pg_dump prints it, in a stable form");
    auto options = std::make_shared<app::DumpOptions>();
    command->add_option("FILE", options->file, "Write to this file; default: stdout");
    command->add_flag("--check", options->checks, "Compare with FILE and change nothing; exit 4 if they differ");
    command->add_flag("--owner", options->content.with_owners,
                      "Include owners; the text then depends on which roles own the objects");
    command->add_flag("--with-history", options->content.with_history,
                      "Include tripmig's own tables and the history, to set up a fresh database");
    command->footer(
        "Examples:\n"
        "  tripmig dump schema.sql\n"
        "  tripmig dump --check schema.sql         in CI, after `up`: is it up to date?\n"
        "  tripmig dump --with-history start.sql   for `psql -f start.sql NEW_DATABASE`\n"
        "By default tripmig's own tables and owners are left out. pg_dump is taken from PG_BINDIR, from the "
        "installation of the server's version on this machine, or from PATH.");
    commands.add(command, [options](Context& context) {
        print(context, app::dump_database(context, *options), view::dump_json, view::dump_text);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
