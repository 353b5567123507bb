#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ddl/leaf_name.hpp"

namespace tripmig::partition {

/// How wide partitions are, and where they begin.
struct Grid {
    config::PartitionInterval interval;
    ddl::Calendar calendar;
    std::vector<ddl::Leaf> irregular;  ///< partitions that are not on it
};

using Zone = std::shared_ptr<const ddl::TimeZone>;

/// The grid that most of the partitions are on, of those that people use; where none is on any, the nearest width to
/// that of the newest. `only`: of that interval. `leaves`: with finite bounds, in order; nullopt when there is none and
/// no interval is given.
std::optional<Grid> find_grid(ddl::KeyType key, const std::vector<ddl::Leaf>& leaves,
                              const std::optional<config::PartitionInterval>& only, const Zone& zone = nullptr);

/// The grids of those zones that fit better than UTC's, which is `utc`: all that fit equally well.
std::vector<Grid> better_grids(ddl::KeyType key, const std::vector<ddl::Leaf>& leaves,
                               const std::optional<config::PartitionInterval>& only, const Grid& utc,
                               const std::vector<Zone>& zones);

/// Whether a partition is one that maintain would create.
bool is_on_grid(ddl::KeyType key, const ddl::Bounds& bounds, const config::PartitionInterval& interval,
                const ddl::Calendar& calendar);

/// "1 week", "3 months", "100000".
std::string interval_text(const config::PartitionInterval& interval);

}  // namespace tripmig::partition
