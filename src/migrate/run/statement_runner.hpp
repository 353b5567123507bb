#pragma once

#include "base/clock.hpp"
#include "base/event.hpp"
#include "base/stop_signal.hpp"
#include "config/config.hpp"
#include "migrate/job_guard.hpp"
#include "migrate/run/batch_runner.hpp"
#include "migrate/run/committing_runner.hpp"
#include "migrate/run/file_session.hpp"
#include "migrate/run/index_runner.hpp"
#include "migrate/run/pending_piece.hpp"

namespace tripmig::migrate {

/// Runs a file a piece at a time, each with its journal row: a run that stops half way resumes there.
class StatementRunner {
  public:
    StatementRunner(FileSession& session, const JobGuard& guard, const config::Config& config, Reporter& reporter,
                    const Clock& clock, const StopSignal& stop);

    /// Runs what the journal does not have, and puts the file's history row in the journal's place. Throws
    /// file_failure(), Error{disagreement} for a statement that was edited when it was done, and db::CommitInDoubt.
    void run(const Migration& migration, const Script& script, const PlanOptions& options);

  private:
    void run_piece(const PendingPiece& pending);
    void run_alone(const PendingPiece& pending);
    void tell(const PendingPiece& pending, std::size_t pieces);

    FileSession& m_session;
    const JobGuard& m_guard;
    Reporter& m_reporter;
    const Clock& m_clock;
    CommittingRunner m_committing;
    IndexRunner m_indexes;
    BatchRunner m_batches;
};

}  // namespace tripmig::migrate
