#pragma once

#include <cstdint>
#include <string>

#include "base/step.hpp"
#include "db/state/history.hpp"
#include "migrate/plan.hpp"
#include "migrate/script.hpp"
#include "sql/facts/range_statement.hpp"

namespace tripmig::migrate {

/// What the catalog says of the column that rows are taken by.
struct BatchKey {
    std::string table;       ///< quoted, as the statement names it
    std::string column;      ///< quoted
    std::string type;        ///< as format_type() spells it
    std::int64_t rows = -1;  ///< the planner's estimate; 0: not known
};

/// What a batch says of itself: "batch by id, 5000 rows each".
std::string describe(const sql::Batch& batch);

/// The highest key: one row of text, none when the table is empty.
std::string highest_key_sql(const sql::RangeStatement& cut, const BatchKey& key);

/// The key of the `size`-th row above `progress.last`: none when fewer are left up to `progress.upper`.
std::string next_key_sql(const sql::RangeStatement& cut, const BatchKey& key, const db::JournalProgress& progress,
                         std::int64_t size);

/// The statement for the keys above `progress.last` up to `last`.
Step batch_step(const ScriptStatement& statement, const sql::RangeStatement& cut, const BatchKey& key,
                const db::JournalProgress& progress, const std::string& last);

/// One batch with its journal row, in one transaction: `done` is how far the statement is with it.
Unit plan_batch(const Migration& migration, const Script& script, const Piece& piece, const PlanOptions& options,
                Step batch, const db::JournalProgress& done);

}  // namespace tripmig::migrate
