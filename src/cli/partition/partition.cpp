#include "cli/partition/partition.hpp"

#include <CLI/CLI.hpp>

namespace tripmig::cli {

void add_partition(CLI::App& app, Commands& commands) {
    CLI::App* partition = app.add_subcommand(
        "partition",
        "Create, retire, archive, split, merge, drain and show the partitions of tables; check their policies");
    partition->require_subcommand(1);
    add_partition_maintain(*partition, commands);
    add_partition_status(*partition, commands);
    add_partition_attach(*partition, commands);
    add_partition_archive(*partition, commands);
    add_partition_restore(*partition, commands);
    add_partition_split(*partition, commands);
    add_partition_merge(*partition, commands);
    add_partition_drain(*partition, commands);
    add_partition_init(*partition, commands);
    add_partition_check(*partition, commands);
    add_partition_adopt(*partition, commands);
}

}  // namespace tripmig::cli
