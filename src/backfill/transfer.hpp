#pragma once

#include <string>
#include <vector>

#include "backfill/capture.hpp"
#include "backfill/projection.hpp"
#include "base/step.hpp"

namespace tripmig::backfill {

/// A move of rows under live writes: whose changes are captured, and what of each row goes where. Several projections
/// of one source are loaded in the same transactions: a table's rows and its registry.
struct Transfer {
    Capture capture;
    std::vector<Projection> projections;  ///< of the captured table, by the captured keys
    QualifiedName chunks;                 ///< the blocks that are loaded; written in the chunk's own transaction
    QualifiedName touched;                ///< the keys of one round of the catch-up
};

/// The names for one job beside those of its capture: chunks_7, touched_7.
Transfer transfer_for(Capture capture, std::vector<Projection> projections, std::int64_t job);

/// Capture and the tables of the work, for one transaction: see begin_capture().
std::vector<Step> begin_transfer(const Transfer& transfer);

/// All of that but the triggers, which writers wait for.
std::vector<Step> prepare_transfer(const Transfer& transfer);

/// The load begins anew: the targets are empty, and what the log names stays named.
std::vector<Step> restart_transfer(const Transfer& transfer);

/// All of it gone; may run twice.
std::vector<Step> end_transfer(const Transfer& transfer);

}  // namespace tripmig::backfill
