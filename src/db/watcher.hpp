#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/event.hpp"
#include "db/connection.hpp"

namespace tripmig::db {

/// Looks at what another session does, which can't be asked itself while it runs a statement. A connection of its own.
class Watcher {
  public:
    Watcher(const config::DatabaseConfig& database, Reporter& reporter, const StopSignal& stop)
        : m_connection(database, "watcher", reporter, stop, SessionSettings::own) {}

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
    Connection m_connection;
};

}  // namespace tripmig::db
