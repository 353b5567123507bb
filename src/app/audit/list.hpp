#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/context.hpp"
#include "db/records/audit_store.hpp"

namespace tripmig::app {

/// A run of the audit, and how it ended.
struct AuditedRun {
    /// unknown: it has no end, and ran on another machine. killed: on this one, where its process is gone.
    enum class State { ended, running, killed, unknown };

    db::AuditEntry entry;
    State state = State::ended;
};

struct AuditResult {
    std::vector<AuditedRun> runs;  ///< the newest first
};

/// What commands changed since then, or ever. Throws Error{refused} where there is no audit that this role may read.
AuditResult list_audit(const Context& context, std::optional<Instant> since);

}  // namespace tripmig::app
