#pragma once

#include "db/catalog/table_info.hpp"
#include "job/finding.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::partition {

// What keeps partitions from being split, merged or drained, each refused by name.

/// What is bound to a partition by OID, or is its own alone, would stay with the table that is no partition any more.
void check_dependents(const db::TableInfo& partition, const job::State& state, job::Report& report);

/// All that is checked of every source before a job begins. `parent`: the partitioned table.
void check_sources(job::Session& server, const db::TableInfo& parent, const job::State& state, job::Report& report);

/// What the log is to name a source's rows by: their key, or a hash where there is none; the plan says what that costs.
void choose_row_key(job::Session& server, const db::TableInfo& parent, job::State& state, job::Report& report);

/// Throws Error{refused} when a source is not what it was when the job began: somebody detached it, say.
void require_sources(job::Session& server, const job::State& state);

}  // namespace tripmig::partition
