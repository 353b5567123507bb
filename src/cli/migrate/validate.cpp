#include "app/migrate/validate.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/print.hpp"
#include "view/migrate/history.hpp"

namespace tripmig::cli {

namespace {

ExitCode validate(Context& context, bool is_strict) {
    const app::Validation validation = app::validate_migrations(context, is_strict);
    if (!context.json)
        app::require_valid(context, validation);
    print(context, validation, view::validation_json, view::validation_text);
    return validation.exit_code();
}

}  // namespace

void add_validate(CLI::App& app, Commands& commands) {
    CLI::App* command =
        app.add_subcommand("validate", "Check that the files and the database's history agree; changes nothing");
    auto is_strict = std::make_shared<bool>(false);
    command->add_flag("--strict", *is_strict, "Treat versions in the database that have no file here as an error");
    command->footer("Exit code 4 if they do not; the message names each file and what to do.");
    commands.add(command, [is_strict](Context& context) { return validate(context, *is_strict); });
}

}  // namespace tripmig::cli
