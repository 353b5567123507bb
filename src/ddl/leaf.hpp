#pragma once

#include <string>
#include <vector>

#include "base/step.hpp"
#include "db/parent_facts.hpp"
#include "ddl/bounds.hpp"
#include "ddl/leaf_name.hpp"

namespace tripmig::ddl {

using db::ParentFacts;

/// The steps that make one empty leaf and attach it, for a transaction that may do more: a free-standing table LIKE the
/// parent with a CHECK for its bounds, made equal to the parent in owner, grants, row security, replica identity,
/// triggers on TRUNCATE and settings; then ATTACH, which adds indexes, foreign keys and row triggers; then the CHECK
/// goes, since the bounds say the same. Never CREATE TABLE ... PARTITION OF: that takes ACCESS EXCLUSIVE on the parent,
/// ATTACH only SHARE UPDATE EXCLUSIVE (manual 5.11.2.2). Locks: SHARE UPDATE EXCLUSIVE on the parent, ACCESS EXCLUSIVE
/// on a DEFAULT partition, SHARE ROW EXCLUSIVE on tables that the parent references. Throws Error{refused} when the
/// key's type has no bounds here.
std::vector<Step> leaf_steps(const ParentFacts& parent, const Leaf& leaf);

/// The same as a transaction of its own, a DEFAULT partition's lock taken first.
Unit create_leaf(const ParentFacts& parent, const Leaf& leaf);

/// With a DEFAULT partition: the units that come before create_leaf() of all these leaves, and the one that comes after
/// them, or after a failure. A validated CHECK that no row of DEFAULT belongs to them lets ATTACH skip its scan under
/// ACCESS EXCLUSIVE. While it stands, rows of these ranges are refused, as they are by a table without DEFAULT.
struct DefaultGuard {
    std::vector<Unit> before;
    Unit after;
};
DefaultGuard guard_default(const ParentFacts& parent, const std::vector<Leaf>& leaves);

/// The name of that CHECK: one left by a run that was killed is found by it.
inline constexpr std::string_view default_guard_name = "tripmig_default_guard";

}  // namespace tripmig::ddl
