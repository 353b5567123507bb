#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/policy.hpp"
#include "ddl/key_scan.hpp"
#include "job/source/table_facts.hpp"

namespace tripmig::swap {

/// Rows that lie far from the others.
struct OutlierRows {
    std::string first;  ///< their smallest key, as people read it
    std::string last;
    std::optional<std::int64_t> rows;  ///< nullopt: not counted
};

/// How the rows lie over time, and what that means for a swap.
struct Distribution {
    std::vector<ddl::YearRows> years;  ///< empty: the key is a number, or the table is empty
    std::vector<OutlierRows> outliers;
    std::string proposal;  ///< flags with which the rows would not be refused; empty: none are needed, or none help
};

/// Pure. Empty where preflight refuses the key itself.
Distribution distribution_of(const job::Facts& facts, const config::PartitionPolicy& policy,
                             const config::Config& config);

}  // namespace tripmig::swap
