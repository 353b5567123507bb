#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/migrate/target/target.hpp"
#include "base/step.hpp"
#include "db/run_lock.hpp"

namespace tripmig::app {

/// Waits for the run lock and holds it in the session that the target had until now; the target gets a new one, and its
/// history is read again. Hundreds of runs that wait have one session each.
std::unique_ptr<db::RunLock> take_run_lock(const Context& context, MigrationTarget& target, std::string_view role,
                                           bool is_strict = false);

/// A target under the run lock, its state schema there, its history read after the lock was had.
struct LockedTarget {
    MigrationTarget target;
    std::unique_ptr<db::RunLock> lock;
};

/// For commands that change the history and run no migration. `role` shows in application_name.
LockedTarget lock_target(const Context& context, std::string_view role);

/// Runs the unit in one transaction under our own settings.
void change_history(const Context& context, LockedTarget& locked, const Unit& unit);

}  // namespace tripmig::app
