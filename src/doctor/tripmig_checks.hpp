#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/qualified_name.hpp"
#include "doctor/reader.hpp"
#include "job/state/state.hpp"
#include "migrate/comparison.hpp"
#include "migrate/half_way.hpp"

namespace tripmig::doctor {

/// A table with an open job, and for how many seconds nothing was recorded of it.
struct OpenJob {
    QualifiedName table;
    double idle_seconds = 0;
};

/// A job that is not finished.
struct JobFacts {
    QualifiedName table;
    job::Stage stage = job::Stage::begun;
    bool is_split = false;
    bool is_paused = false;
    std::string worker;  ///< empty: nobody works on it
    double idle_seconds = 0;
    std::vector<std::string> altered;  ///< what somebody did to its triggers
};

/// What files and history say of each other.
struct MigrationFacts {
    std::size_t pending = 0;
    std::string version;  ///< the newest that is applied
    std::vector<migrate::Finding> findings;
    std::vector<migrate::HalfWay> half_way;
};

/// What the group `tripmig` looks at.
struct TripmigFacts {
    Seen<std::vector<JobFacts>> jobs;
    Seen<std::optional<Error>> state_fault;  ///< why the state schema can't be trusted
    Seen<MigrationFacts> migrations;
    bool has_migrations = true;  ///< false: there is no directory of migrations
};

/// None where there is no state schema.
std::vector<OpenJob> read_open_jobs(Reader& reader, const std::string& state_schema);

/// Pure.
std::vector<Check> check_tripmig(const TripmigFacts& facts);

}  // namespace tripmig::doctor
