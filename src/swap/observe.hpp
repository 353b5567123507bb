#pragma once

#include <optional>
#include <string>

#include "config/policy.hpp"
#include "db/session.hpp"
#include "db/table_info.hpp"
#include "swap/next_step.hpp"
#include "swap/preflight.hpp"
#include "swap/server.hpp"
#include "swap/state.hpp"

namespace tripmig::swap {

/// What the plan is made from, and most of what preflight is, but for what the rows say. The table is nullopt when
/// there is none of that name.
Facts read_facts(db::Session& session, const QualifiedName& table);

/// The same with what the rows say about the key; with their distribution over partitions of that interval when the
/// table has no index on the key. KeyReader says how it reads them.
Facts read_facts(Server& server, const QualifiedName& table, const std::string& key,
                 const std::optional<config::PartitionInterval>& interval);

/// What preflight looks at beside the table itself: materialized views that read it, under the policy composite the
/// tables that reference it. Nothing when there is no table.
void read_beside(db::Session& session, Facts& facts, const config::PartitionPolicy& policy);

/// Whether the source was truncated, or rewritten before all of it was loaded: it is to be loaded again.
bool must_reload(db::Session& session, const db::TableInfo& table, const SwapState& state,
                 const std::string& state_schema);

/// How far the job's own things on the table are. `table` as it is, with them.
Observation observe(Server& server, const db::TableInfo& table, const SwapState& state);

}  // namespace tripmig::swap
