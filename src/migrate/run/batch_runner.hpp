#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "base/stop_signal.hpp"
#include "config/config.hpp"
#include "db/state/history.hpp"
#include "migrate/batch.hpp"
#include "migrate/run/file_session.hpp"
#include "migrate/run/pending_piece.hpp"

namespace tripmig::migrate {

/// Runs an UPDATE or DELETE in ranges of a key: range after range, each with its journal row in one transaction, so
/// that a resumed run begins behind the last one that committed.
class BatchRunner {
  public:
    BatchRunner(FileSession& session, const config::DatabaseConfig& database, const config::SwapConfig& throttle,
                Reporter& reporter, const Clock& clock, const StopSignal& stop)
        : m_session(session),
          m_database(database),
          m_throttle(throttle),
          m_reporter(reporter),
          m_clock(clock),
          m_stop(stop) {}

    void run(const PendingPiece& pending);

  private:
    class Batches;

    FileSession& m_session;
    const config::DatabaseConfig& m_database;
    const config::SwapConfig& m_throttle;  ///< when a batch pauses
    Reporter& m_reporter;
    const Clock& m_clock;
    const StopSignal& m_stop;
};

}  // namespace tripmig::migrate
