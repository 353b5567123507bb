#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include "backfill/transfer.hpp"
#include "base/step.hpp"
#include "job/session.hpp"

namespace tripmig::job {

/// How many entries of the log one round takes at most.
inline constexpr std::int64_t catch_up_batch = 50'000;

/// Rounds of catch-up until at most `final_keys` entries are left.
void run_catch_up(Session& server, const backfill::Transfer& transfer, const std::function<bool()>& make_place = {});

/// The same until hardly more than that came while the snapshots from before it ended: what is left is for the
/// cut-over.
void run_last_catch_up(Session& server, const backfill::Transfer& transfer, const std::function<bool()>& make_place,
                       std::chrono::steady_clock::time_point deadline);

/// Few entries are left, or it would take too long under the locks: then it is caught up once more.
Step require_small_backlog(const backfill::Capture& capture, int final_keys);

/// How many those are: `final_keys` is what a catch-up ends at.
constexpr std::int64_t max_final_backlog(int final_keys) {
    return std::int64_t{10} * final_keys;
}

/// Refuses when the source was truncated since its load began.
Step not_truncated(const backfill::Capture& capture);

}  // namespace tripmig::job
