#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

/// How far a job is, as its own tables tell, and what the process at work on it noted last.
struct JobProgress {
    bool is_paused = false;
    std::string worker;  ///< who works on it now: "tripmig swap (pid ...)"; empty: nobody
    std::int64_t blocks_done = 0;
    std::optional<double> blocks_a_second;  ///< over the last minute of the load
    std::int64_t block_size = 8192;
    std::int64_t leaves = 0;  ///< of the copy
    std::int64_t leaves_indexed = 0;
    std::int64_t backlog = 0;  ///< entries of the log; at most a million are counted
    std::string hold_kind;     ///< why the work holds: "replica_lag"; empty: it does not
    std::string hold_reason;
    std::string hold_since;  ///< UTC
    int busy_tps = 0;        ///< transactions a second that others end, while the work rests for them; 0: it does not
    int attempts = 0;        ///< at the locks of the cut-over under way
    std::string waits_for;   ///< whom the cut-over waits for
    std::vector<std::string> altered;            ///< triggers and functions of the job's own that somebody altered
    std::vector<std::string> registry_problems;  ///< triggers of the registry that are missing or off
    std::vector<std::string> keys_not_valid;     ///< after the cut-over: "name of schema.table"
};
JobProgress read_progress(Session& server, const State& state);

/// Seconds until all is loaded; nullopt before there is a rate, and outside of the load.
std::optional<double> time_left(const State& state, const JobProgress& progress);

}  // namespace tripmig::job
