#pragma once

#include <optional>

#include "config/policy.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::partition {

/// Copies one leaf into leaves of the policy's width beside the writers, and puts those in its place in one
/// transaction: copy with a leaf as source. Goes on from wherever it stands, to its end or, `until_ready`, to the
/// moment before the cut-over. The old leaf stays, detached; a DEFAULT partition's rows too, under another name, and an
/// empty one takes its place. `policy`: the parent's.
job::State split(job::Session& server, const config::PartitionPolicy& policy, const QualifiedName& leaf,
                 bool until_ready);

/// Gives a split up before its cut-over.
job::State abort_split(job::Session& server, const QualifiedName& leaf);

/// The job of a split that is done, when there is nothing left to split: the partition is detached, or a DEFAULT one is
/// empty.
std::optional<job::State> finished_split(job::Session& server, const QualifiedName& leaf);

}  // namespace tripmig::partition
