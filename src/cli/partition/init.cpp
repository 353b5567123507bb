#include "app/partition/init.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/partition/partition.hpp"
#include "cli/print.hpp"
#include "view/partition/policies.hpp"

namespace tripmig::cli {

void add_partition_init(CLI::App& partition, Commands& commands) {
    auto options = std::make_shared<app::InitOptions>();
    CLI::App* command =
        partition.add_subcommand("init", "Write a policy for a partitioned table, from the partitions it has");
    command->add_option("TABLE", options->table, "The table: [schema.]name; default schema: public")->required();
    command->add_option("--file", options->file, "The file to write; default: TABLE.toml in the partitions directory")
        ->type_name("FILE");
    command
        ->add_option("--interval", options->interval,
                     "The width of new partitions: \"1 month\", \"7 days\", 1000000; default: that of the newest ones")
        ->type_name("INTERVAL");
    command
        ->add_option("--time-zone", options->time_zone,
                     "Where days and months begin, such as Asia/Seoul; needed when several zones fit")
        ->type_name("ZONE");
    command->add_flag("--dry-run", options->is_dry_run, "Print the file and write nothing");
    command->footer(
        "Examples:\n"
        "  tripmig partition init orders --dry-run\n"
        "  tripmig partition init orders --time-zone Asia/Seoul\n"
        "No file is ever overwritten (exit 12). Afterwards: tripmig partition check, then partition maintain "
        "--dry-run.");
    commands.add(command, [options](Context& context) {
        print(context, app::init_policy(context, *options), view::init_json, view::init_text);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
