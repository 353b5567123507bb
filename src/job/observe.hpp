#pragma once

#include <optional>
#include <string>

#include "config/policy.hpp"
#include "db/catalog/table_info.hpp"
#include "db/session.hpp"
#include "job/next_step.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

/// Whether the source was truncated, or rewritten before all of it was loaded: it is to be loaded again.
bool must_reload(db::Session& session, const db::TableInfo& table, const State& state, const std::string& state_schema);

/// How far the job's own things on the table itself are: NOT NULL, indexes, checks. Pure.
Observation observe_table(const db::TableInfo& table, const State& state);

/// The same with everything else that next_step() asks for. `table` as it is, with the job's own things.
Observation observe(Session& server, const db::TableInfo& table, const State& state);

}  // namespace tripmig::job
