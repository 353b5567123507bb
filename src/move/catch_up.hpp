#pragma once

#include <vector>

#include "base/step.hpp"
#include "move/capture.hpp"
#include "move/projection.hpp"

namespace tripmig::move {

/// Brings the target up to what the log names: deletes those keys, inserts their rows as they are now, and empties the
/// log of them. The steps must see one and the same log: in a transaction with one snapshot, or with the source locked
/// against writers.
std::vector<Step> catch_up_steps(const Projection& projection, const Capture& capture);

/// One round while writers go on, under REPEATABLE READ. The last step's result counts the entries taken.
Unit catch_up_round(const Projection& projection, const Capture& capture);

/// Takes the dead entries out of the log's file: each round scans it.
Unit vacuum_log(const Capture& capture);

}  // namespace tripmig::move
