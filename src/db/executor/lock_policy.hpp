#pragma once

#include <chrono>

namespace tripmig::db {

/// How long a unit may wait for locks, and how often it may try.
struct LockPolicy {
    std::chrono::milliseconds lock_timeout{500};                       ///< of each lock in one attempt
    std::chrono::milliseconds lock_deadline{std::chrono::minutes(5)};  ///< all attempts and the pauses between them
    std::chrono::milliseconds statement_timeout{0};                    ///< 0: none
    /// lock_timeout of units outside a transaction (CONCURRENTLY waits for old transactions by design). 0: none.
    std::chrono::milliseconds concurrently_timeout{0};
};

}  // namespace tripmig::db
