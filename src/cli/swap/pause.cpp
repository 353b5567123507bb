#include <CLI/CLI.hpp>
#include <memory>

#include "app/audit/audited.hpp"
#include "app/swap/status.hpp"
#include "cli/print.hpp"
#include "cli/swap/options.hpp"
#include "config/policy.hpp"
#include "view/swap/status.hpp"

namespace tripmig::cli {

namespace {

void add(CLI::App& group, Commands& commands, const std::string& name, const std::string& what, bool is_paused) {
    CLI::App* command = group.add_subcommand(name, what);
    auto table = std::make_shared<std::string>();
    add_table_argument(*command, *table);
    commands.add(command, [table, is_paused](Context& context) {
        print(context,
              app::audited(context,
                           [&] { return app::set_swap_paused(context, config::parse_table_name(*table), is_paused); }),
              view::swap_status_json, view::swap_status_text);
        return ExitCode::ok;
    });
}

}  // namespace

void add_swap_pause(CLI::App& group, Commands& commands) {
    add(group, commands, "pause", "Pause the swap of a table, from any terminal; what is done stays done", true);
}

void add_swap_resume(CLI::App& group, Commands& commands) {
    add(group, commands, "resume", "Resume a paused swap", false);
}

}  // namespace tripmig::cli
