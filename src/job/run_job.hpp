#pragma once

#include <optional>
#include <utility>

#include "base/error.hpp"
#include "job/next_step.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

/// One command on one job, as run_job() sees it: a state machine.
class Machine {
  public:
    explicit Machine(State state) : m_state(std::move(state)) {}
    virtual ~Machine() = default;
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    [[nodiscard]] const State& state() const noexcept { return m_state; }
    void set_state(State state) { m_state = std::move(state); }

    /// What the server says now. Throws Error{refused} when others altered what the job relies on.
    virtual Observation observe() = 0;

    /// Where the job goes from here. Pure. Action::nothing: it is where this command leads it.
    [[nodiscard]] virtual Action next_step(const Observation& seen) const = 0;

    /// Does one action, whose transaction records the state that it leaves.
    virtual void perform(Action action, const Observation& seen) = 0;

    /// What the server says after a failed action, when that may explain the failure: the table was truncated, say.
    /// nullopt: it explains nothing.
    virtual std::optional<Observation> observe_failure(Action /*action*/, const Error& /*error*/) {
        return std::nullopt;
    }

    /// Whether a pause, lagging replicas and load hold it before each step. What ends a job never holds.
    [[nodiscard]] virtual bool holds_for_others() const noexcept { return false; }

    /// Before a failure leaves run_job(): takes away what must not stay while nobody works on the job.
    virtual void clean_up() noexcept {}

  protected:
    State m_state;
};

/// Runs a job: reads its state, observes, asks for the next step, does it, until there is none. A failure that leads to
/// another next step is answered by that step. A step that changes neither the state nor what is observed is an error,
/// not a loop. A full disk is reported with what frees space. The job's lock is taken.
void run_job(Session& server, Machine& machine);

}  // namespace tripmig::job
