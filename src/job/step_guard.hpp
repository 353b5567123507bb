#pragma once

#include <optional>
#include <string>

#include "job/next_step.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

/// Keeps a run from going in circles. Every step changes the job's state or what is observed of the table, or waits for
/// something with a deadline and throws when that has passed: one that comes again with nothing changed would come for
/// ever.
class StepGuard {
  public:
    /// Before each step. Throws Error{unexpected} when it is the last one again, with the same state and the same
    /// observation; Error{refused} when triggers were altered more often than loading again makes sense.
    void require_progress(const State& state, const Observation& seen, std::string_view step);

  private:
    struct Last {
        std::string step;
        std::string stage;
        std::string state;
        Observation seen;

        friend bool operator==(const Last&, const Last&) = default;
    };

    std::optional<Last> m_last;
    int m_renewals = 0;
};

}  // namespace tripmig::job
