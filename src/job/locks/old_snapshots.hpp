#pragma once

#include <cstdint>

#include "job/session.hpp"

namespace tripmig::job {

/// A transaction that began after everything that was committed until now.
std::int64_t transaction_after_all(Session& server);

/// Waits until every snapshot in this database is newer than that transaction, telling whose it waits for: an older one
/// would see the new table without rows that were copied since. Throws Error{lock_deadline} when the deadline passes.
/// Snapshots on replicas cannot be waited for.
void wait_for_old_snapshots(Session& server, std::int64_t transaction, std::chrono::steady_clock::time_point deadline);

}  // namespace tripmig::job
