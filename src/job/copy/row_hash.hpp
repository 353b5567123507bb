#pragma once

#include <vector>

#include "base/step.hpp"
#include "db/catalog/table_info.hpp"
#include "job/finding.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

// Rows that nothing tells apart are found by a hash of their values. An index on it, on the sources and on what is made
// of them, keeps the catch-up from reading whole tables; it is there from the end of the load to the cut-over.

/// What that costs, for the plan.
void report_row_hash(Session& server, const db::TableInfo& table, const State& state, Report& report);

/// The index on a new table with the columns of `like`. One on a partitioned table adopts those of its partitions.
Step index_row_hash(const QualifiedName& table, const db::TableInfo& like);

/// Builds what the sources lack of it, without blocking writers.
void index_sources(Session& server, const db::TableInfo& like, const State& state);

/// Of the sources, and of the new table with all of its partitions. May run twice. Nothing for rows with a key.
std::vector<Step> drop_row_hash_indexes(const State& state);
/// Of the sources alone: the new table is dropped.
std::vector<Step> drop_source_indexes(const State& state);

}  // namespace tripmig::job
