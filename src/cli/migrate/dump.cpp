#include "app/migrate/dump.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/print.hpp"
#include "view/migrate/files.hpp"

namespace tripmig::cli {

void add_dump(CLI::App& app, Commands& commands) {
    CLI::App* command = app.add_subcommand("dump", "The schema as pg_dump says it, the same text for the same schema");
    auto options = std::make_shared<app::DumpOptions>();
    command->add_option("FILE", options->file, "Write it there; without FILE to stdout");
    command->add_flag("--check", options->checks, "Compare with FILE and change nothing: exit 4 when they differ");
    command->add_flag("--owner", options->content.with_owners,
                      "With owners: the text then differs between databases that other roles own");
    command->add_flag("--with-history", options->content.with_history,
                      "With tripmig's own tables and what they say is applied: a start for a fresh database");
    command->footer(
        "Examples:\n"
        "  tripmig dump schema.sql\n"
        "  tripmig up && tripmig dump --check schema.sql     in CI: was the file committed along?\n"
        "  tripmig dump --with-history start.sql && psql -f start.sql NEW_DATABASE && tripmig up\n"
        "tripmig's own tables and owners are left out. pg_dump is taken of the server's version, of PG_BINDIR, or of "
        "PATH.");
    commands.add(command, [options](Context& context) {
        print(context, app::dump_database(context, *options), view::dump_json, view::dump_text);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
