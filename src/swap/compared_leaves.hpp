#pragma once

#include <vector>

#include "ddl/bounds.hpp"
#include "move/verify.hpp"
#include "swap/server.hpp"

namespace tripmig::swap {

/// The partitions of a table with the keys that belong to each, in the order of their bounds; DEFAULT, and one that is
/// partitioned itself by something else, are not among them.
std::vector<move::ComparedLeaf> compared_leaves(Server& server, const QualifiedName& table, ddl::KeyType type);

/// All keys of a type: one relation that has all the rows.
move::ComparedLeaf compared_whole(const QualifiedName& relation, ddl::KeyType type);

}  // namespace tripmig::swap
