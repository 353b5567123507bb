#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/partition/new_policy.hpp"
#include "base/error.hpp"

namespace tripmig::app {

struct AdoptPartitionsOptions {
    std::string schema;               ///< that pg_partman is in; empty: looked for
    std::vector<std::string> tables;  ///< empty: all that it maintains
    std::string time_zone;            ///< where several zones fit
    bool takes_over = false;          ///< switch pg_partman's maintenance of these tables off
    bool is_dry_run = false;
};

/// What became of one row of part_config.
struct AdoptedTable {
    QualifiedName table;
    std::optional<NewPolicy> policy;  ///< nullopt: refused, or it had one
    std::filesystem::path former;     ///< the policy that it had already; empty: none
    bool is_written = false;
    bool is_taken_over = false;
    std::optional<Error> error;
};

struct AdoptPartitionsResult {
    std::string schema;
    std::vector<AdoptedTable> tables;

    /// 0; the common code when all failed alike; else 9.
    [[nodiscard]] ExitCode exit_code() const;
};

/// Writes a policy for each table that pg_partman maintains, then, with `takes_over`, switches it off for those that
/// have one. A table that can't be adopted does not stop the others. Repeating it is safe: a table that has a policy
/// keeps it.
AdoptPartitionsResult adopt_partitions(const Context& context, const AdoptPartitionsOptions& options);

}  // namespace tripmig::app
