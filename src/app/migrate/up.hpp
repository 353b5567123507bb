#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "app/context.hpp"
#include "app/migrate/target/target.hpp"
#include "migrate/run/file_runner.hpp"

namespace tripmig::app {

struct UpOptions {
    std::string to;  ///< the last version to apply; empty: all
    std::chrono::milliseconds wait_for_database{0};
    bool is_strict = false;
    bool durable_each = false;
    bool ignores_foreign_history = false;
};

/// What `up` did to one database.
struct UpResult {
    std::vector<migrate::AppliedFile> applied;
    std::string version;  ///< empty: none yet
};

/// Applies what is pending to the database of the configuration. `result` has what was done even when it throws.
void apply_migrations(const Context& context, const UpOptions& options, UpResult& result);

/// The same, and tells the end.
UpResult migrate_up(const Context& context, const UpOptions& options);

/// Leaves out what lies above the version that --to names.
void keep_up_to(MigrationTarget& target, const std::string& to);

}  // namespace tripmig::app
