#pragma once

#include "base/error.hpp"
#include "migrate/migration.hpp"

namespace tripmig::migrate {

/// The failure of a file under the exit code that tells what to expect of the next run: migration_failed when nothing
/// of it is left, stopped_half_way when a part of it is done. Privileges, lock deadline, a lost connection and signals
/// keep their own codes.
Error file_failure(const Error& error, const Migration& migration, bool is_half_way);

}  // namespace tripmig::migrate
