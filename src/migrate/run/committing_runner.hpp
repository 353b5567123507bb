#pragma once

#include "base/clock.hpp"
#include "migrate/run/file_session.hpp"
#include "migrate/run/pending_piece.hpp"

namespace tripmig::migrate {

/// Runs a CALL or DO which commits by itself. While it runs, its journal row says that it was started and nothing else:
/// only a run that saw its end knows how far it came.
class CommittingRunner {
  public:
    CommittingRunner(FileSession& session, const Clock& clock) : m_session(session), m_clock(clock) {}

    /// Throws Error{stopped_half_way} when a part of it may be done, or when an earlier run did not see its end.
    void run(const PendingPiece& pending);

  private:
    FileSession& m_session;
    const Clock& m_clock;
};

}  // namespace tripmig::migrate
