#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/qualified_name.hpp"

namespace tripmig {

/// PostgreSQL's table-level lock modes, weakest first (manual 13.3.1).
enum class LockMode {
    access_share,
    row_share,
    row_exclusive,
    share_update_exclusive,
    share,
    share_row_exclusive,
    exclusive,
    access_exclusive
};

/// "ACCESS EXCLUSIVE" and so on, as the LOCK statement spells it.
std::string_view to_string(LockMode mode);

struct LockRequest {
    QualifiedName relation;
    LockMode mode = LockMode::access_exclusive;
    /// The statement that takes it where LOCK TABLE is no good: it locks all tables of a view along with the view.
    std::string sql = {};
};

/// Where a step's SQL stands in a file, so that a server's error position becomes file:line:column with a caret.
struct StepSource {
    std::string file;
    std::size_t line = 1;    ///< of the first character of the step's SQL
    std::size_t column = 1;  ///< in characters, of the same
    std::string line_head;   ///< what stands on that line before the SQL
};

/// How a failed step may be tried again. Only lock timeouts, deadlocks and serialization failures are ever retried.
enum class Retry {
    unit,  ///< roll the whole unit back and run it again (55P03, 40P01, 40001)
    never  ///< report the first failure
};

/// One statement as a value: what to send, the locks it takes, and why it is there.
struct Step {
    std::string sql;
    std::vector<std::optional<std::string>> parameters;  ///< $1.. in text form; nullopt is NULL
    std::vector<LockRequest> locks;                      ///< the strongest ones, for people and for --dry-run
    std::string why;                                     ///< one line for people
    Retry retry = Retry::unit;
    std::optional<StepSource> source;
    /// When set the step is a check: a SELECT of one boolean, or of the columns `holds` and `found`, a text for people.
    /// Anything but true rolls the unit back with Error{refused}, what was found and this text.
    std::string refusal;
    bool is_passing = false;  ///< of a check: the same unit may pass it a moment later
    /// Not empty: run so often that the server should keep it prepared under this name in the session.
    std::string prepare_as;
    std::string copy_data;  ///< the data lines of COPY ... FROM STDIN, without the closing \.
    /// tripmig's own record of what it does, in its state schema: a plan for people leaves it out.
    bool is_bookkeeping = false;
};

/// How a unit's steps reach the server.
enum class Transaction {
    inside,  ///< all steps of the unit in one transaction
    none     ///< outside of any transaction, each step alone: CONCURRENTLY and its like (must be a unit of its own)
};

/// What succeeds or fails as one. A unit is the grain of retry and of progress.
struct Unit {
    std::string name;
    Transaction transaction = Transaction::inside;
    std::vector<Step> steps;
    /// Run in the same transaction before lock_first is taken: what makes nobody wait.
    std::vector<Step> before_locks = {};
    /// All locks taken first, in this order, before any step: the cut-over protocol. Under a lock_budget every second
    /// attempt takes them in reverse. Empty: each step takes its own.
    std::vector<LockRequest> lock_first;
    /// Budget for the wait for the whole lock set. Zero: lock_timeout counts for each lock alone.
    std::chrono::milliseconds lock_budget{0};
    /// Budget for the time from the last lock granted to COMMIT. Zero: no limit but statement_timeout.
    std::chrono::milliseconds max_hold{0};
    /// Its statements up to each check, its BEGIN and settings with the first of them, are one round trip. Not with
    /// lock_first, user_sql or COPY.
    bool in_few_trips = false;
    bool user_sql = false;       ///< runs under the role's and database's own settings, not ours
    bool keeps_session = false;  ///< with user_sql: goes on under what the same file's earlier units SET
    /// With keeps_session: waits for locks as long as LockPolicy::concurrently_timeout says, since it lets others work
    /// meanwhile.
    bool is_patient = false;
    bool leaves_session = false;  ///< with user_sql: no step of it can change a setting or the role for what follows
    bool asynchronous = false;    ///< may commit with synchronous_commit = off (a later unit flushes)
    /// What BEGIN says besides: "ISOLATION LEVEL SERIALIZABLE". With user_sql alone; our own units read committed.
    std::string transaction_modes;
};

struct Plan {
    std::string title;
    std::vector<Unit> units;

    [[nodiscard]] bool empty() const noexcept { return units.empty(); }
};

}  // namespace tripmig
