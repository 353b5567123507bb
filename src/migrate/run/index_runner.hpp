#pragma once

#include <string>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "base/stop_signal.hpp"
#include "ddl/concurrent_index.hpp"
#include "migrate/run/file_session.hpp"
#include "migrate/run/sampled_run.hpp"

namespace tripmig::migrate {

/// Makes and drops indexes concurrently: looks at the catalog, plans, runs, looks again.
class IndexRunner {
  public:
    IndexRunner(FileSession& session, Reporter& reporter, const Clock& clock, const StopSignal& stop)
        : m_session(session), m_reporter(reporter), m_clock(clock), m_stop(stop) {}

    /// `whole`: the statement as it is written. `was_begun`: by a run before this one.
    void create(const ScriptStatement& statement, const Unit& whole, bool was_begun, SampledRun& sampled);
    void drop(const ScriptStatement& statement, Unit whole, bool was_begun, SampledRun& sampled);

  private:
    class Building;

    FileSession& m_session;
    Reporter& m_reporter;
    const Clock& m_clock;
    const StopSignal& m_stop;
};

}  // namespace tripmig::migrate
