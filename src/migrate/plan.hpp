#pragma once

#include <string>

#include "base/step.hpp"
#include "db/state/history.hpp"
#include "migrate/pieces.hpp"
#include "migrate/script.hpp"

namespace tripmig::migrate {

/// What the planner of one file is told.
struct PlanOptions {
    std::string state_schema;
    std::int64_t batch = 0;
    bool is_last = true;  ///< of the run's files: commits durably; the others' durability comes with it (manual 30.4)
    bool durable_each = false;
};

/// The row that the history gets for the file.
db::MigrationRecord record_of(const Migration& migration, const Script& script, const PlanOptions& options);

/// A transactional file: one unit with its statements and its history row. Pure.
Unit plan_transaction(const Migration& migration, const Script& script, const PlanOptions& options);

/// One piece of a file that runs a statement at a time, with its journal row in the same transaction where there is
/// one. Pure.
Unit plan_piece(const Migration& migration, const Script& script, const Piece& piece, const PlanOptions& options);

/// The journal row alone, for a piece that can't be in a transaction: before it (started) and after it (done). Pure.
Unit plan_journal(const Migration& migration, const Piece& piece, const PlanOptions& options, bool is_done,
                  const std::optional<db::SampledLocks>& sampled = std::nullopt);

/// Takes the row of a piece away that began and of which nothing is left. Pure.
Unit plan_forget(const Migration& migration, const Piece& piece, const PlanOptions& options);

/// The end of such a file: its history row in the place of its journal. Pure.
Unit plan_completion(const Migration& migration, const Script& script, const PlanOptions& options,
                     std::int64_t duration_ms);

/// A statement of the file as a step.
Step step_of(const ScriptStatement& statement);

/// The step between the timeouts that the statement's directives set for it alone and those that were there before.
std::vector<Step> with_timeouts(const ScriptStatement& statement, Step step, bool is_in_transaction);

}  // namespace tripmig::migrate
