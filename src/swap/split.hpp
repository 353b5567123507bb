#pragma once

#include <optional>

#include "config/policy.hpp"
#include "swap/server.hpp"
#include "swap/state.hpp"

namespace tripmig::swap {

/// What a leaf is a leaf of.
struct LeafOf {
    QualifiedName parent;
    std::string key;    ///< the partition key's column
    std::string bound;  ///< FOR VALUES ...
};

/// nullopt: it is no leaf. Throws Error{refused} when there is no such table, or it is partitioned by more than a
/// column.
std::optional<LeafOf> find_parent(db::Session& session, const QualifiedName& leaf);

/// Copies one leaf into leaves of the policy's width beside the writers, and puts those in its place in one
/// transaction: copy with a leaf as source. Goes on from wherever it stands, to its end or, `until_ready`, to the
/// moment before the cut-over. The old leaf stays, detached; a DEFAULT partition's rows too, under another name, and an
/// empty one takes its place. `policy`: the parent's.
SwapState split(Server& server, const config::PartitionPolicy& policy, const QualifiedName& leaf, bool until_ready);

/// The job of a split that is done, when there is nothing left to split: the partition is detached, or a DEFAULT one is
/// empty.
std::optional<SwapState> finished_split(Server& server, const QualifiedName& leaf);

/// The table that a job works on, as its targets are to be: of a split the leaf, with the parent's indexes, keys,
/// rights and triggers.
db::TableInfo source_of(Server& server, const SwapState& state);

}  // namespace tripmig::swap
