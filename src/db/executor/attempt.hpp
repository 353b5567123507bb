#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "base/clock.hpp"
#include "base/step.hpp"
#include "base/stop_signal.hpp"
#include "db/executor/lock_policy.hpp"
#include "db/executor/outcome.hpp"
#include "db/executor/release_witness.hpp"
#include "db/step_connection.hpp"

namespace tripmig::db {

/// Makes one attempt of a unit: from BEGIN to COMMIT, or outside of a transaction step by step.
class Attempt {
  public:
    Attempt(StepConnection& connection, const Clock& clock, const StopSignal& stop)
        : m_connection(connection), m_clock(clock), m_stop(stop) {}

    /// `number`: from 1. Throws CheckFailed, CommitInDoubt, or what the server said; nothing is rolled back yet.
    UnitOutcome make(const Unit& unit, const LockPolicy& policy, int number);

    /// A step of every transaction, before its COMMIT. Must outlive this; nullptr: none.
    void set_last_check(const Step* check) { m_last_check = check; }
    void set_after_step(std::function<void()> function) { m_after_step = std::move(function); }

  private:
    UnitOutcome make_pipelined(const Unit& unit, const LockPolicy& policy);
    UnitOutcome make_in_few_trips(const Unit& unit, const LockPolicy& policy);
    UnitOutcome make_inside(const Unit& unit, const LockPolicy& policy, int number);
    UnitOutcome make_alone(const Unit& unit);
    void take_locks(const Unit& unit, int number, UnitOutcome& outcome);
    void run_under_budget(const Unit& unit, std::chrono::steady_clock::time_point granted, UnitOutcome& outcome);
    Result run_step(const Step& step);
    void commit(ReleaseWitness* witness, std::chrono::steady_clock::time_point granted, UnitOutcome& outcome);
    ReleaseWitness* witness_for(const Unit& unit);

    StepConnection& m_connection;
    const Clock& m_clock;
    const StopSignal& m_stop;
    const Step* m_last_check = nullptr;
    std::function<void()> m_after_step;
    std::unique_ptr<ReleaseWitness> m_witness;
};

}  // namespace tripmig::db
