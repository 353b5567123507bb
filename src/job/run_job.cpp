#include "job/run_job.hpp"

#include <set>

#include "job/disk_full.hpp"
#include "job/state/journal.hpp"
#include "job/step_guard.hpp"

namespace tripmig::job {

namespace {

/// The one way from what a step recorded to what the next one is chosen by.
void read_state(Session& server, Machine& machine) {
    if (const auto job = db::find_last_job(server.session(), server.state_schema(), machine.state().table))
        machine.set_state(from_job(*job));
}

/// Tells the session's watch of each stage once.
class Stages {
  public:
    explicit Stages(StageWatch* watch) : m_watch(watch) {}

    /// Before a step, and at the end.
    void reached(const State& state) {
        if (m_watch == nullptr || !m_begun || m_begun->stage == state.stage)
            return;
        const State former = std::move(*m_begun);
        m_begun.reset();
        m_watch->ended(former, state);
    }
    /// What was done in a stage that leads to no other one ends too.
    void finished(const State& state) {
        if (m_watch != nullptr && m_begun)
            m_watch->ended(*m_begun, state);
        m_begun.reset();
    }
    void begins(const State& state) {
        if (m_watch == nullptr || m_begun)
            return;
        m_watch->begins(state);
        m_begun = state;
    }
    void failed(const Error& error) {
        if (m_watch != nullptr && m_begun)
            m_watch->failed(*m_begun, error);
    }

  private:
    StageWatch* m_watch;
    std::optional<State> m_begun;
};

void advance(Session& server, Machine& machine, Stages& stages) {
    StepGuard guard;
    std::set<Action> done;
    std::optional<Observation> explained;  // of an action that failed
    for (;;) {
        server.stop().check();
        read_state(server, machine);
        stages.reached(machine.state());
        Observation seen = explained ? *std::exchange(explained, std::nullopt) : machine.observe();
        seen.done = done;
        const Action action = machine.next_step(seen);
        if (action == Action::nothing)
            return;
        stages.begins(machine.state());
        guard.require_progress(machine.state(), seen, to_string(action));
        if (machine.holds_for_others())
            server.throttle().wait();
        try {
            machine.perform(action, seen);
            done.insert(action);
        } catch (const Error& error) {
            explained = machine.observe_failure(action, error);
            if (!explained)
                throw;
            explained->done = done;
            if (machine.next_step(*explained) == action)
                throw;
        }
    }
}

}  // namespace

void run_job(Session& server, Machine& machine) {
    Stages stages(server.stage_watch());
    try {
        advance(server, machine, stages);
        stages.finished(machine.state());
    } catch (const Error& error) {
        machine.clean_up();
        stages.failed(error);
        if (is_disk_full(error))
            throw disk_full_error(error, machine.state());
        throw;
    } catch (...) {
        machine.clean_up();
        throw;
    }
}

}  // namespace tripmig::job
