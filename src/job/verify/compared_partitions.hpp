#pragma once

#include <vector>

#include "backfill/verify.hpp"
#include "ddl/bounds.hpp"
#include "job/session.hpp"

namespace tripmig::job {

/// The partitions of a table with the keys that belong to each, in the order of their bounds; DEFAULT, and one that is
/// partitioned itself by something else, are not among them.
std::vector<backfill::ComparedLeaf> compared_leaves(Session& server, const QualifiedName& table, ddl::KeyType type);

/// All keys of a type: one relation that has all the rows.
backfill::ComparedLeaf compared_whole(const QualifiedName& relation, ddl::KeyType type);

}  // namespace tripmig::job
