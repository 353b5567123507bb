#pragma once

#include <string>
#include <vector>

#include "app/context.hpp"
#include "app/swap/status.hpp"

namespace tripmig::app {

/// A job of the state schema: swap, split, merge or drain.
struct JobStatus {
    SwapStatus status;     ///< without a state: it was written by a newer tripmig
    std::string stage;     ///< as the state schema has it
    std::string begun_at;  ///< UTC, as those below
    std::string moved_at;  ///< when it last got further
    std::string ended_at;  ///< empty: it is open
};

/// The last job of each table, open ones first; at most twenty. Changes nothing.
std::vector<JobStatus> recent_jobs(const Context& context);

}  // namespace tripmig::app
