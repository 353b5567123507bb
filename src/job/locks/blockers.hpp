#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/step.hpp"
#include "job/session.hpp"

namespace tripmig::job {

/// Transactions older than `age` that hold a lock on one of these relations.
struct Blockers {
    struct Transaction {
        std::string text;  ///< a line for people
        bool is_autovacuum = false;
        std::optional<std::string> unknown;  ///< its name, when its age is not visible: it may be old
    };
    std::vector<Transaction> who;

    [[nodiscard]] std::string text() const;
    [[nodiscard]] bool is_only_autovacuum() const;
};
Blockers find_blockers(db::Session& session, const std::vector<LockRequest>& locks, std::chrono::milliseconds age);

/// What is known of transactions whose age is not visible (no pg_read_all_stats): since when they are seen. Those of
/// the first look may be of any age; one that came later is as old as that.
class TransactionAges {
  public:
    using TimePoint = std::chrono::steady_clock::time_point;

    /// Leaves out of `blockers` whom it knows to be younger than `age`.
    void leave_out_young(Blockers& blockers, std::chrono::milliseconds age, TimePoint now);

  private:
    std::map<std::string, TimePoint> m_since;
    bool m_has_looked = false;
};

/// Look before leaping: waits until no such transaction is left that the unit's locks would wait for, telling whose it
/// waits for. An attempt would make every writer queue behind us for nothing. Throws db::LockTimeout naming them
/// when `deadline` passes.
void wait_for_blockers(Session& server, const Unit& unit, std::chrono::steady_clock::time_point deadline);

}  // namespace tripmig::job
