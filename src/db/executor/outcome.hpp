#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "db/result.hpp"

namespace tripmig::db {

/// What running one unit took.
struct UnitOutcome {
    int attempts = 1;
    std::chrono::milliseconds waited{0};     ///< from the first attempt to the start of the one that succeeded
    std::chrono::microseconds lock_wait{0};  ///< units with lock_first: until the whole set was granted, last attempt
    std::chrono::microseconds held{0};       ///< units with lock_first: from the last lock granted to their release
    std::vector<Result> results;             ///< one a step
    /// Units outside a transaction that took longer than a moment: relation to the strongest lock that was seen on it.
    std::map<std::string, std::string> sampled_locks;
};

}  // namespace tripmig::db
