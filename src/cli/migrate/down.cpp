#include "app/migrate/down.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "app/audit/audited.hpp"
#include "cli/confirm.hpp"
#include "cli/print.hpp"
#include "view/migrate/run.hpp"

namespace tripmig::cli {

void add_down(CLI::App& app, Commands& commands) {
    auto options = std::make_shared<app::DownOptions>();
    auto yes = std::make_shared<bool>(false);
    CLI::App* command = app.add_subcommand("down", "Run undo files, newest version first");
    CLI::Option* to = command->add_option("--to", options->to, "Undo all versions above this one; 0: undo everything")
                          ->type_name("VERSION");
    command->add_option("--steps", options->steps, "Number of versions to undo")
        ->type_name("N")
        ->check(CLI::PositiveNumber)
        ->capture_default_str()
        ->excludes(to);
    add_yes_option(*command, *yes);
    command->footer(
        "Examples:\n"
        "  tripmig down --yes              undo the newest version\n"
        "  tripmig down --to 3 --yes       undo every version above 3");
    commands.add(command, [options, yes](Context& context) {
        print(context,
              app::audited(context, [&] { return app::migrate_down(context, *options, confirm_on_terminal(*yes)); }),
              view::down_json);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
