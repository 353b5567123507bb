#include "app/migrate/repair.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "app/audit/audited.hpp"
#include "cli/print.hpp"
#include "view/migrate/history.hpp"

namespace tripmig::cli {

void add_repair(CLI::App& app, Commands& commands) {
    CLI::App* command = app.add_subcommand(
        "repair", "Update the recorded hashes of applied files whose comments or white space changed");
    auto accepted = std::make_shared<std::vector<std::string>>();
    command
        ->add_option("--accept-changed", *accepted,
                     "Also update this version although its statements changed; the database must already have what "
                     "the file says")
        ->type_name("V");
    auto accepts_drift = std::make_shared<bool>(false);
    command->add_flag("--accept-drift", *accepts_drift,
                      "Record the schema as it is now: what was changed by hand is no drift any more");
    command->footer(
        "Runs nothing. Comments, white space and line endings may differ. Changed statements are an error (exit 4) "
        "that\n"
        "names the versions, unless each of them is accepted. Updates all files or none.\n"
        "Example:\n"
        "  tripmig repair --accept-changed 7");
    commands.add(command, [accepted, accepts_drift](Context& context) {
        print(context, app::audited(context, [&] { return app::repair_history(context, *accepted, *accepts_drift); }),
              view::repair_json);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
