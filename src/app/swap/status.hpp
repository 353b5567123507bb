#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/context.hpp"
#include "base/qualified_name.hpp"
#include "job/progress.hpp"
#include "job/state/state.hpp"

namespace tripmig::app {

/// How far the online change of a table is, or the last one that it had.
struct SwapStatus {
    QualifiedName table;
    std::optional<job::State> state;  ///< nullopt: there was none
    bool is_partitioned = false;      ///< without a job of ours
    bool is_open = false;
    job::JobProgress progress;          ///< of a job that is not finished
    std::vector<std::string> problems;  ///< of the registry, when no job is open: a sentence each
};

/// Changes nothing and needs no lock. Throws Error{refused} when there is no such table, and was no job.
SwapStatus swap_status(const Context& context, const QualifiedName& table);

/// Shows one look after the other, until there is nothing left to do on the job, or there is none.
void watch_swap(const Context& context, const QualifiedName& table, const std::function<void(const SwapStatus&)>& show);

/// Lets whoever works on the job hold, or go on, and tells how far it is. Throws Error{refused} when no job is open.
SwapStatus set_swap_paused(const Context& context, const QualifiedName& table, bool is_paused);

}  // namespace tripmig::app
