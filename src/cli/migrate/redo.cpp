#include "app/migrate/redo.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "app/audit/audited.hpp"
#include "cli/confirm.hpp"
#include "cli/print.hpp"
#include "view/migrate/run.hpp"

namespace tripmig::cli {

void add_redo(CLI::App& app, Commands& commands) {
    CLI::App* command =
        app.add_subcommand("redo", "Undo the newest version and apply it again, while you are writing it");
    auto is_confirmed = std::make_shared<bool>(false);
    add_yes_option(*command, *is_confirmed);
    command->footer("The file may have been edited since it was applied: its current text runs and is recorded.");
    commands.add(command, [is_confirmed](Context& context) {
        print(context,
              app::audited(context, [&] { return app::migrate_redo(context, confirm_on_terminal(*is_confirmed)); }),
              view::redo_json);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
