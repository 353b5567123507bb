#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "db/state/history.hpp"
#include "migrate/migration.hpp"

namespace tripmig::migrate {

/// A history row that is to have the hashes of its file as that is now.
struct Repair {
    std::int64_t id = 0;
    std::string version;  ///< empty: of a repeatable file
    std::string file;
    std::string sha256;
    std::string sha256_tokens;
    bool is_accepted = false;  ///< its statements changed, and somebody said that they may
};

/// Pure: the applied versions whose files have other bytes now, and the repeatable files that were recorded without the
/// values of their placeholders. `accepted`: versions whose statements may differ.
/// Throws Error{disagreement} naming those that differ and are not accepted, Error{usage} for an accepted version that
/// is not applied or has no file.
std::vector<Repair> plan_repair(const Directory& directory, const std::vector<db::AppliedMigration>& applied,
                                const std::vector<std::string>& accepted);

}  // namespace tripmig::migrate
