#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/civil.hpp"
#include "base/error.hpp"
#include "base/qualified_name.hpp"
#include "partition/adopt/facts.hpp"

namespace tripmig::partition {

/// A time or a number as part_config has it; neither: none, or one that is not understood.
struct PartmanAmount {
    std::string text;  ///< empty: NULL
    std::optional<CalendarInterval> time;
    std::optional<std::int64_t> number;

    [[nodiscard]] std::optional<config::PartitionInterval> interval() const;
};

/// One row of pg_partman's part_config, 4.x or 5.x: what one version lacks is empty. With its row in part_config_sub.
struct PartmanTable {
    QualifiedName table;
    bool exists = true;
    bool is_partition = false;  ///< it is a sub-partitioned partition of another table
    std::string control;
    std::string type;  ///< native, range, list; time-custom, partman and the like
    PartmanAmount interval;
    std::int64_t premake = 4;
    std::string epoch = "none";
    PartmanAmount retention;
    std::string retention_schema;
    bool keeps_table = true;
    bool keeps_index = true;
    bool is_infinite = false;  ///< infinite_time_partitions
    std::string datetime_string;
    std::string maintenance = "on";  ///< automatic_maintenance
    std::string time_encoder;
    bool is_undone = false;  ///< undo_in_progress
    /// Settings that are set and mean nothing to tripmig, by their columns' names.
    std::vector<std::string> others;
    std::string sub_control;  ///< empty: its partitions are not partitioned
    PartmanAmount sub_interval;
};

/// What becomes of a row.
struct PartmanReading {
    DraftWishes wishes;
    std::vector<std::string> notes;  ///< what has no counterpart, or works in another way; a sentence each
};

/// Throws Error{refused} for a table that no policy can be for.
PartmanReading read_partman_table(const PartmanTable& row);

/// The pattern of names that "YYYY_MM_DD" makes. nullopt: it has a part that patterns don't.
std::optional<std::string> pattern_of(const std::string& datetime_string);

}  // namespace tripmig::partition
