#include "migrate/run/sampled_run.hpp"

namespace tripmig::migrate {

void SampledRun::run(const Unit& unit) {
    const db::UnitOutcome outcome = m_session.run(unit);
    m_locks.insert(outcome.sampled_locks.begin(), outcome.sampled_locks.end());
}

db::SampledLocks SampledRun::locks() const {
    return {m_locks, std::chrono::duration_cast<std::chrono::milliseconds>(m_clock.steady() - m_started).count()};
}

}  // namespace tripmig::migrate
