#pragma once

#include <optional>
#include <string>

#include "config/policy.hpp"
#include "db/catalog/table_info.hpp"
#include "db/session.hpp"
#include "job/next_step.hpp"
#include "job/session.hpp"
#include "job/state.hpp"

namespace tripmig::job {

/// Whether the source was truncated, or rewritten before all of it was loaded: it is to be loaded again.
bool must_reload(db::Session& session, const db::TableInfo& table, const State& state, const std::string& state_schema);

/// How far the job's own things on the table are. `table` as it is, with them.
Observation observe(Session& server, const db::TableInfo& table, const State& state);

}  // namespace tripmig::job
