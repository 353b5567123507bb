#include "cli/partition/partition.hpp"

#include <CLI/CLI.hpp>

namespace tripmig::cli {

void add_partition(CLI::App& app, Commands& commands) {
    CLI::App* partition =
        app.add_subcommand("partition", "Partitions of tables: maintain, status, attach, archive, restore, split");
    partition->require_subcommand(1);
    add_partition_maintain(*partition, commands);
    add_partition_status(*partition, commands);
    add_partition_attach(*partition, commands);
    add_partition_archive(*partition, commands);
    add_partition_restore(*partition, commands);
    add_partition_split(*partition, commands);
}

}  // namespace tripmig::cli
