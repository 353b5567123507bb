#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "config/policy.hpp"
#include "ddl/bounds.hpp"
#include "ddl/key_scan.hpp"

namespace tripmig::ddl {

/// More empty partitions than this tell rows apart from the others.
constexpr int widest_gap = 12;

/// Which keys get partitions of the grid: those from the one that holds `first` to the one that holds `last`.
struct MainRange {
    Bound first = Bound::minvalue();  ///< both are finite
    Bound last = Bound::maxvalue();
};

/// Leaves out, at each end, rows that are few and lie behind a gap of more than `widest_gap` empty partitions. `start`:
/// the range begins there, whatever the rows say. `present`: is within the range, of keys that are times; nullopt of
/// numbers. nullopt when there is nothing to go by.
std::optional<MainRange> find_main_range(KeyType key, const config::PartitionInterval& interval, const KeyFacts& facts,
                                         const std::optional<Bound>& present, const std::optional<Bound>& start);

}  // namespace tripmig::ddl
