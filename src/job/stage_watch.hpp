#pragma once

#include "base/error.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

/// Is told of each stage of a job, by the process that works on it: where it stands before its next step, and where
/// that led.
class StageWatch {
  public:
    StageWatch() = default;
    StageWatch(const StageWatch&) = delete;
    StageWatch& operator=(const StageWatch&) = delete;
    virtual ~StageWatch() = default;

    /// Throws when the job must not go on.
    virtual void begins(const State& state) = 0;
    virtual void ended(const State& former, const State& reached) = 0;
    virtual void failed(const State& state, const Error& error) = 0;
};

}  // namespace tripmig::job
