#pragma once

#include <string>
#include <vector>

#include "base/event.hpp"
#include "base/stop_signal.hpp"
#include "config/config.hpp"
#include "db/executor.hpp"
#include "db/session.hpp"
#include "lint/effects.hpp"

namespace tripmig::migrate {

/// What a server saw one statement do to relations that were there before its transaction.
struct SeenStatement {
    std::string where;  ///< file:line
    std::string sql;
    bool is_sampled = false;  ///< it can't be in a transaction: its locks were looked at from outside, again and again
    std::vector<lint::TableLock> locks;  ///< taken by this statement; of each relation the strongest
    std::vector<std::string> rewritten;  ///< another relfilenode
    std::vector<std::string> scanned;    ///< read from end to end; of a sampled statement it is not known
};

/// Stands around an Executor and looks, after each statement of a unit, at the locks, the files and the scans of its
/// transaction (pg_locks, relfilenodes, pg_stat_xact_user_tables). For a database that nobody else uses: a statement
/// that can't be in a transaction is made to wait for a lock, so that the lock that it wants is seen.
class RehearseWatch {
  public:
    RehearseWatch(const config::DatabaseConfig& database, std::string state_schema, Reporter& reporter,
                  const StopSignal& stop);

    /// Runs the unit as Executor::run does, and remembers what was seen.
    db::UnitOutcome run(db::Executor& executor, const Unit& unit);

    /// What was seen since it was asked last.
    std::vector<SeenStatement> take();

  private:
    db::UnitOutcome run_inside(db::Executor& executor, const Unit& unit);
    db::UnitOutcome run_alone(db::Executor& executor, const Unit& unit, const Step& watched);

    const config::DatabaseConfig& m_database;
    std::string m_state_schema;
    Reporter& m_reporter;
    const StopSignal& m_stop;
    db::Session m_session;
    std::vector<SeenStatement> m_seen;
};

}  // namespace tripmig::migrate
