#include "app/partition/attach.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "app/audit/audited.hpp"
#include "cli/confirm.hpp"
#include "cli/partition/partition.hpp"
#include "cli/print.hpp"
#include "view/partition/attach.hpp"

namespace tripmig::cli {

void add_partition_attach(CLI::App& partition, Commands& commands) {
    auto name = std::make_shared<std::string>();
    CLI::App* command = partition.add_subcommand("attach", "Make a detached table a partition again");
    command->add_option("PARTITION", *name, "The table: [schema.]name, in public when no schema is given")->required();
    accept_yes_option(*command);
    command->footer(
        "Example:\n"
        "  tripmig partition attach orders_2024_01\n"
        "`tripmig partition status` lists the detached tables. Rows and foreign keys are checked while the table is in "
        "use; the locks are held for a moment.");
    commands.add(command, [name](Context& context) {
        print(context, app::audited(context, [&] { return app::attach_partition(context, *name); }), view::attach_json);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
