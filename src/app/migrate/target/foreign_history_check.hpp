#pragma once

#include "app/context.hpp"
#include "app/migrate/target/target.hpp"

namespace tripmig::app {

/// Where nothing was ever applied: throws Error{refused} when another tool's history in this database names files of
/// this directory. They would run a second time, and those that can would do so without an error.
void refuse_files_of_another_tool(const Context& context, const MigrationTarget& target);

}  // namespace tripmig::app
