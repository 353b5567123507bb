#pragma once

#include <optional>

#include "swap/server.hpp"
#include "swap/state.hpp"

namespace tripmig::swap {

/// Marks the open job of this table paused, or not any more, for whichever process works on it: it holds before its
/// next chunk, and before its cut-over. Needs no job lock. Throws Error{refused} when no job is open.
void set_paused(Server& server, const QualifiedName& table, bool is_paused);

/// How far a job is, as far as its own tables tell.
struct JobProgress {
    bool is_paused = false;
    std::int64_t blocks_done = 0;
    std::int64_t backlog = 0;               ///< entries of the log; at most a million are counted
    std::optional<double> blocks_a_second;  ///< over the load until now
};
JobProgress read_progress(Server& server, const SwapState& state);

}  // namespace tripmig::swap
