#pragma once

#include <string>

#include "backfill/transfer.hpp"
#include "base/error.hpp"
#include "base/step.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::swap {

/// The whole table anew into the old one, after a TRUNCATE.
Unit copy_all_back(const backfill::Transfer& back);

/// copy's old table, up to everything that the log names; whole when the new one was truncated.
void sync_old_table(job::Session& server, const backfill::Transfer& back);

/// What was unique without the key may be so no more.
Error not_unique(const QualifiedName& table, const std::string& index, const Error& cause);

/// After copy's cut-over: brings the old table up to the log. When that is not all, since triggers were altered,
/// partitions came with rows or went, or a comparison found differences, makes the triggers again and copies all rows
/// back. Throws Error{verification_difference} when rows differ all the same.
void follow_to_old_table(job::Session& server, job::State& state, const backfill::Transfer& back);

}  // namespace tripmig::swap
