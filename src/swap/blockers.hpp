#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/step.hpp"
#include "swap/server.hpp"

namespace tripmig::swap {

/// Transactions older than `age` that hold a lock on one of these relations, one line of text each.
struct Blockers {
    std::vector<std::string> who;
    bool is_only_autovacuum = false;

    [[nodiscard]] std::string text() const;
};
Blockers find_blockers(db::Session& session, const std::vector<LockRequest>& locks, std::chrono::milliseconds age);

/// Look before leaping: waits until no such transaction is left that the unit's locks would wait for, telling whose it
/// waits for. An attempt would make every writer queue behind us for nothing. Throws Error{lock_deadline} naming them
/// when `deadline` passes.
void wait_for_blockers(Server& server, const Unit& unit, std::chrono::steady_clock::time_point deadline);

}  // namespace tripmig::swap
