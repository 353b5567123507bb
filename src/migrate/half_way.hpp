#pragma once

#include <map>
#include <string>
#include <vector>

#include "db/state/history.hpp"
#include "migrate/comparison.hpp"
#include "migrate/migration.hpp"

namespace tripmig::migrate {

using Journals = std::map<std::string, std::vector<db::JournalEntry>>;  ///< by file

/// A file that runs a statement at a time and stopped before its end. Statements are counted as the run counts them:
/// what it commits as one is one.
struct HalfWay {
    std::string file;
    int next = 1;              ///< the statement that a run resumes at, from 1
    int total = 0;             ///< 0: the file is gone
    std::size_t line = 0;      ///< where `next` begins; 0 when all of them are done
    std::string disagreement;  ///< why no run can resume; empty: one can
    std::string hint;

    /// "stopped at 2/4"
    [[nodiscard]] std::string state() const;
};

/// What the journals tell of the directory's files. Takes those files apart, and throws as Scripts::keep() does.
std::vector<HalfWay> half_way(const Directory& directory, const std::vector<db::AppliedMigration>& applied,
                              const Journals& journals);

/// For people who ask whether files and history agree. `running`: who holds the run lock, and may well be at work on
/// these files; empty: nobody.
std::vector<Finding> half_way_findings(const std::vector<HalfWay>& files, const std::string& running);

/// For a run: throws Error{disagreement} when one of them can't be resumed.
void require_resumable(const std::vector<HalfWay>& files);

}  // namespace tripmig::migrate
