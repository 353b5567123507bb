#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/qualified_name.hpp"
#include "job/progress.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::app {

/// How far the online change of a table is, or the last one that it had.
struct SwapStatus {
    std::optional<job::State> state;  ///< nullopt: there was none
    job::JobProgress progress;        ///< of a job that is not finished
    bool is_open = false;
    std::vector<std::string> problems;  ///< of the registry, when no job is open: a sentence each
};

/// Changes nothing and needs no lock.
SwapStatus read_swap_status(job::Session& server, const QualifiedName& table);

}  // namespace tripmig::app
