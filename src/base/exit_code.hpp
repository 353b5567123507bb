#pragma once

#include <string_view>

namespace tripmig {

/// What the process tells the shell. Stable: scripts and Kubernetes probes depend on the numbers (docs/exit-codes.md).
enum class ExitCode : int {
    ok = 0,                        ///< done, or nothing to do
    unexpected = 1,                ///< a defect in tripmig, or an error nobody foresaw
    usage = 2,                     ///< usage or configuration
    pending = 3,                   ///< migrations are pending, or too few leaves are ahead
    disagreement = 4,              ///< files and history disagree, or lint/doctor found errors
    run_lock_held = 5,             ///< another run holds the run lock and the wait is over
    unreachable = 6,               ///< database not reachable, or the login was refused
    migration_failed = 7,          ///< a migration failed and was rolled back
    stopped_half_way = 8,          ///< a file without transaction stopped half way; the next run goes on there
    partly_failed = 9,             ///< some targets or tables failed, the others are done
    verification_difference = 10,  ///< verification found a difference
    lock_deadline = 11,            ///< the lock deadline passed; nothing changed, try again
    refused = 12,                  ///< something must be done or decided first, and the message says what
    no_privilege = 13,             ///< the role lacks a privilege, named
    interrupted = 130,             ///< SIGINT, clean
    terminated = 143               ///< SIGTERM, clean
};

constexpr int to_int(ExitCode code) noexcept {
    return static_cast<int>(code);
}

}  // namespace tripmig
