#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/migrate/migration_target.hpp"
#include "migrate/run/file_runner.hpp"

namespace tripmig::cli {

struct UpOptions {
    std::string to;
    std::string dry_run;
    std::string wait_for_database = "0s";
    bool is_strict = false;
    bool durable_each = false;
    bool ignores_foreign_history = false;
};

/// What `up` did to one database.
struct UpResult {
    std::vector<migrate::AppliedFile> applied;
    std::string version;  ///< empty: none yet
};

/// Applies what is pending to the database of the context's configuration. `result` has what was done even when it
/// throws.
void run_up(Context& context, const UpOptions& options, UpResult& result);

/// Leaves out what lies above the version that --to names.
void keep_up_to(MigrationTarget& target, const std::string& to);

nlohmann::json applied_file_json(const migrate::AppliedFile& file);

}  // namespace tripmig::cli
