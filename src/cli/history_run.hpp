#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/step.hpp"
#include "cli/migration_target.hpp"
#include "db/run_lock.hpp"

namespace tripmig::cli {

/// A target under the run lock, its state schema there, its history read after the lock was had.
struct LockedTarget {
    MigrationTarget target;
    std::unique_ptr<db::AdvisoryLock> lock;
};

/// For commands that change the history and run no migration. `role` shows in application_name.
LockedTarget lock_target(const Context& context, std::string_view role);

/// Runs the unit in one transaction under our own settings.
void change_history(const Context& context, MigrationTarget& target, const Unit& unit);

}  // namespace tripmig::cli
