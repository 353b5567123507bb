#pragma once

#include <string>
#include <vector>

#include "config/policy.hpp"
#include "ddl/composite_key.hpp"
#include "job/context.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::swap {

// The policy `composite`: the referencing tables carry the partition key too. Before the cut-over, for each foreign key
// in turn: the column, its triggers and a second foreign key with the column; the column filled in chunks; that key
// validated. The cut-over then replaces both by one to the new table.

/// A part for each incoming key of `table`, which is without what the job added: those that are known as they are.
std::vector<job::CompositePart> composite_parts(const db::TableInfo& table, const std::string& key,
                                                const std::map<QualifiedName, db::TableInfo>& children,
                                                const std::vector<job::CompositePart>& known);

/// The column was not there when the job began: one that is there now is neither to be filled nor to be taken away.
Step column_is_free(const ddl::CompositeKey& composite);
/// The column, its triggers and the second foreign key, with the state that says whose column it is.
Unit begin_composite_unit(const job::WorkContext& context);
/// A scan of the referencing table beside its writers.
Unit validate_composite_unit(const job::WorkContext& context);
/// Fills the column of one part, chunk by chunk; `state` says so afterwards.
void fill_composite(job::Session& server, const db::TableInfo& table, std::size_t part, job::State& state);
/// Throws Error{refused} when rows have another partition key in the column than the row that they point to: it was
/// there before, with what it holds.
void validate_composite(job::Session& server, const db::TableInfo& table, std::size_t part, const job::State& state);
/// Takes away what the parts added; of a table that is gone, `table` has the name alone.
void undo_composite(job::Session& server, const db::TableInfo& table, job::State& state);
/// Keys that came or went since the job began, and that its runner accepted, get or lose their part.
void follow_incoming(job::Session& server, const db::TableInfo& table, job::State& state);

/// In the way back: the keys with the column go, and once the old table is in its place, the column and its triggers.
std::vector<Step> drop_composite(const db::TableInfo& parent, const job::State& state);
std::vector<Step> end_composite(const db::TableInfo& parent, const job::State& state);

}  // namespace tripmig::swap
