#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "doctor/server_facts.hpp"

namespace tripmig::doctor {

/// A statement as pg_stat_statements has it: constants are $1, $2.
struct StatementStatistics {
    std::string query;
    std::int64_t calls = 0;
    double mean_ms = 0;
    double total_ms = 0;
};

/// What the group `queries` looks at.
struct QueryFacts {
    /// Those that took the most time in all, first. Inner nullopt: this database has no pg_stat_statements.
    Seen<std::optional<std::vector<StatementStatistics>>> statements;
    std::int64_t hidden = 0;  ///< of these, other roles' statements whose text this role may not see
    Seen<std::vector<PartitionTree>> trees;
};

QueryFacts read_queries(Reader& reader);

/// Pure.
std::vector<Check> check_queries(const QueryFacts& facts);

}  // namespace tripmig::doctor
