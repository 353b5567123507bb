#pragma once

#include <vector>

#include "db/state/history.hpp"
#include "migrate/migration.hpp"

namespace tripmig::app {

/// The rows of versions, newest first; none of repeatable migrations.
std::vector<const db::AppliedMigration*> newest_first(const db::History& history);

/// The undo file of an applied version. Throws Error{refused} when there is none.
const migrate::Migration& undo_file_of(const migrate::Directory& directory, const db::AppliedMigration& row);

}  // namespace tripmig::app
