#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "db/state/foreign_history.hpp"
#include "db/state/history.hpp"
#include "migrate/migration.hpp"

namespace tripmig::migrate {

/// What planning an adoption depends on but the other tool's history and the files.
struct AdoptionOptions {
    std::set<std::string> known;             ///< versions that our history has or once had: left alone
    std::set<std::string> known_repeatable;  ///< their descriptions
    std::map<std::string, std::string>
        placeholders;            ///< Flyway's checksum of a repeatable script is of the filled-in text
    bool allow_missing = false;  ///< versions without a file are left out
};

/// What another tool's history becomes in ours.
struct Adoption {
    std::vector<db::MigrationRecord> records;  ///< by version, then the repeatable ones
    std::vector<std::string> left_out;         ///< versions that have no file
    std::vector<std::string> warnings;
};

/// Pure. Throws Error{refused} when the other tool stopped half way, with the way out; Error{disagreement} when a
/// version has no file, and when a file is not what was applied (Flyway's checksums), naming them.
Adoption plan_adoption(const db::ForeignHistory& history, const Directory& directory, const AdoptionOptions& options);

/// Pure. Another tool's history tells of this directory: it is that tool's dialect, and a row names one of its files,
/// by version, and by the script's name where the tool keeps that. A second service in the same database is no reason.
bool tells_of(const db::ForeignHistory& history, const Directory& directory);

}  // namespace tripmig::migrate
