#pragma once

#include "cli/command.hpp"

namespace tripmig::cli {

// One function a command, each in a file of its name.
void add_partition_maintain(CLI::App& partition, Commands& commands);
void add_partition_status(CLI::App& partition, Commands& commands);
void add_partition_attach(CLI::App& partition, Commands& commands);
void add_partition_archive(CLI::App& partition, Commands& commands);
void add_partition_restore(CLI::App& partition, Commands& commands);
void add_partition_split(CLI::App& partition, Commands& commands);
void add_partition_merge(CLI::App& partition, Commands& commands);
void add_partition_drain(CLI::App& partition, Commands& commands);
void add_partition_init(CLI::App& partition, Commands& commands);
void add_partition_check(CLI::App& partition, Commands& commands);
void add_partition_adopt(CLI::App& partition, Commands& commands);

}  // namespace tripmig::cli
