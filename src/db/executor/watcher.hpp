#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/event.hpp"
#include "db/step_connection.hpp"

namespace tripmig::db {

/// Looks at what another session does, which can't be asked itself while it runs a statement. A connection of its own.
class Watcher {
  public:
    Watcher(const StepConnection& watched, const StopSignal& stop)
        : m_connection(watched.open_beside("watcher", stop)) {}

    struct Blockers {
        std::string text;  ///< for people; their age in it grows
        std::string pids;
    };
    /// Whom the session waits for: locks, and the old transactions that a CONCURRENTLY lets end.
    Blockers blockers_of(int pid);

    /// How far the server says that the session's statement is: CREATE INDEX, REINDEX, ANALYZE, VACUUM, CLUSTER. The
    /// task is the phase.
    std::optional<Progress> progress_of(int pid);

    /// Relation to the strongest mode, as pg_locks spells it, of what is stronger than reading and writing rows.
    std::map<std::string, std::string> locks_of(int pid);

  private:
    Result look(std::string_view statement, int pid);

    std::unique_ptr<StepConnection> m_connection;
};

}  // namespace tripmig::db
