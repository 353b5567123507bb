#pragma once

#include <string>

#include "cli/migration_target.hpp"

namespace tripmig::cli {

/// Prints the pending migrations of the target on stdout as `up` would run them: `text` for people, `sql` for psql,
/// `json`.
void print_dry_run(Context& context, const MigrationTarget& target, const std::string& format);

}  // namespace tripmig::cli
