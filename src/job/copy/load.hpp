#pragma once

#include <functional>
#include "db/catalog/table_info.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

/// Loads what the strategy loads, the registry or the new table; afterwards it is `loaded`.
void run_load(Session& server, const db::TableInfo& table, State& state, const std::function<bool()>& make_place = {});

}  // namespace tripmig::job
