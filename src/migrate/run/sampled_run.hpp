#pragma once

#include <chrono>
#include <map>
#include <string>

#include "base/clock.hpp"
#include "db/state/history.hpp"
#include "migrate/run/file_session.hpp"

namespace tripmig::migrate {

/// A statement outside of any transaction, or the units that it was made into: what they lock is seen from outside.
class SampledRun {
  public:
    SampledRun(FileSession& session, const Clock& clock)
        : m_session(session), m_clock(clock), m_started(clock.steady()) {}

    void run(const Unit& unit);

    /// For the journal: what was locked, and the time since this began.
    [[nodiscard]] db::SampledLocks locks() const;

  private:
    FileSession& m_session;
    const Clock& m_clock;
    std::chrono::steady_clock::time_point m_started;
    std::map<std::string, std::string> m_locks;
};

}  // namespace tripmig::migrate
