#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "config/policy.hpp"
#include "ddl/bounds.hpp"
#include "ddl/key/main_range.hpp"
#include "ddl/key_scan.hpp"
#include "ddl/leaf_name.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

/// The keys that get partitions of the policy's width when outliers are put elsewhere; nullopt: there are no rows to go
/// by. Throws Error{usage} for a `start` that is no key.
std::optional<ddl::MainRange> main_range(ddl::KeyType type, const ddl::KeyFacts& key, Instant now,
                                         const config::PartitionPolicy& policy);

/// The leaves that the rows need, and `premake` ahead of now, or of the newest number; with rows at -infinity one FROM
/// (MINVALUE), with rows at infinity one FROM ('infinity') TO (MAXVALUE). Where the swap puts outliers elsewhere: those
/// of main_range(), and with Outliers::first one FROM (MINVALUE) and, for rows ahead, one TO (MAXVALUE). Throws
/// Error{refused} when those are more than the policy's `max_create`.
std::vector<ddl::Bounds> copy_bounds(const State& state, const ddl::KeyFacts& key, Instant now,
                                     const config::PartitionPolicy& policy, int max_create);

/// Their names, by the policy's pattern; that of the wide first one is State::first_name(). Throws Error{refused} as
/// ddl::name_leaves() does.
std::vector<ddl::Leaf> name_copy_leaves(const State& state, const config::PartitionPolicy& policy,
                                        std::vector<ddl::Bounds> bounds, const std::set<std::string>& taken);

/// The bounds of a merge's sources as one range.
ddl::Bounds merged_bounds(const State& state);

/// Those that no leaf there is overlaps.
std::vector<ddl::Bounds> without_present(std::vector<ddl::Bounds> needed, const std::vector<ddl::Bounds>& present);

}  // namespace tripmig::job
