#pragma once

#include <chrono>

#include "app/context.hpp"
#include "job/session.hpp"
#include "job/stage_watch.hpp"

namespace tripmig::app {

/// Calls the hooks before and after each stage of a job, and measures what the stage left: size of the table, rate of
/// its load, backlog, waits. As long as it lives, for the jobs of that session. What cannot be measured is left out.
class JobWatch final : public job::StageWatch {
  public:
    JobWatch(const Context& context, job::Session& server);
    ~JobWatch() override;

    void begins(const job::State& state) override;
    void ended(const job::State& former, const job::State& reached) override;
    void failed(const job::State& state, const Error& error) override;

  private:
    void measure(const job::State& reached);

    const Context& m_context;
    job::Session& m_server;
    std::chrono::steady_clock::time_point m_began;
};

}  // namespace tripmig::app
