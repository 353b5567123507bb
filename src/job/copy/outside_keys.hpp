#pragma once

#include <optional>
#include <string>

#include "ddl/key_scan.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

/// Why no partition can hold some of the rows, and what to do.
struct OutsideKeysFound {
    std::string message;  ///< of the key: "is outside of the years 1 to 9999 in 2 rows, ..."
    std::string hint;
};

/// Keys that copy and split have no partition for: outside of the years 1 to 9999. `are_early_kept`: attach's past has
/// no lower bound and keeps the early ones. Pure.
std::optional<OutsideKeysFound> find_outside_keys(const QualifiedName& table, const std::string& key, ddl::KeyType type,
                                                  const ddl::KeyFacts& facts, bool are_early_kept);

/// Throws Error{refused} for those that this job can't go on with: also for NULLs, unless SET NOT NULL sees to them.
void require_partitions_possible(const State& state, const ddl::KeyFacts& facts);

}  // namespace tripmig::job
