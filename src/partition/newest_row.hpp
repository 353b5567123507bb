#pragma once

#include <optional>

#include "db/session.hpp"
#include "partition/snapshot.hpp"

namespace tripmig::partition {

/// The newest row of a table whose key is a time, DEFAULT's included. A row after `oldest_believable` is not looked at
/// more closely than to see that it exists; an older one by an index on the key where there is one. Where row security
/// hides the rows from their owner the files' sizes tell. nullopt: no row.
std::optional<NewestRow> find_newest_row(db::Session& session, const Snapshot& snapshot,
                                         const ddl::Bound& oldest_believable);

/// Of numbers: the last partition with rows below that of the newest row. nullopt: none.
std::optional<ddl::Leaf> find_filled_below(db::Session& session, const Snapshot& snapshot);

}  // namespace tripmig::partition
