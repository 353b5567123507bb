#include "app/partition/adopt.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "app/audit/audited.hpp"
#include "cli/partition/partition.hpp"
#include "cli/print.hpp"
#include "view/partition/policies.hpp"

namespace tripmig::cli {

void add_partition_adopt(CLI::App& partition, Commands& commands) {
    auto options = std::make_shared<app::AdoptPartitionsOptions>();
    auto from = std::make_shared<std::string>();
    CLI::App* command = partition.add_subcommand(
        "adopt", "Write policies for the tables that pg_partman maintains, and take them over");
    command->add_option("TABLE", options->tables, "Only these tables; default: all in part_config");
    command->add_option("--from", *from, "The tool that maintains them now: pg_partman")
        ->required()
        ->check(CLI::IsMember({"pg_partman"}))
        ->type_name("TOOL");
    command->add_option("--schema", options->schema, "The schema of pg_partman; default: the one that has part_config")
        ->type_name("SCHEMA");
    command
        ->add_option("--time-zone", options->time_zone,
                     "Where days and months begin, for tables whose bounds fit several zones")
        ->type_name("ZONE");
    command->add_flag("--take-over", options->takes_over,
                      "Switch pg_partman's automatic maintenance of these tables off, once their policies are written");
    command->add_flag("--dry-run", options->is_dry_run, "Print the files and write nothing");
    command->footer(
        "Examples:\n"
        "  tripmig partition adopt --from pg_partman --dry-run\n"
        "  tripmig partition adopt --from pg_partman --take-over\n"
        "A table that has a policy keeps it: repeating this is safe. Exit code 9: some tables could not be adopted; "
        "the "
        "messages\nsay why.");
    commands.add(command, [options](Context& context) {
        const auto adopt = [&] { return app::adopt_partitions(context, *options); };
        const app::AdoptPartitionsResult result = options->takes_over ? app::audited(context, adopt) : adopt();
        print(context, result, view::partition_adopt_json, view::partition_adopt_text);
        return result.exit_code();
    });
}

}  // namespace tripmig::cli
