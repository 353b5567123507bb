#pragma once

#include <string>
#include <vector>

#include "db/table_info.hpp"
#include "ddl/bounds.hpp"
#include "ddl/successor.hpp"
#include "move/capture.hpp"
#include "move/projection.hpp"
#include "swap/state.hpp"

namespace tripmig::swap {

/// The table as its owner knows it: without what this job has added for the time of the work.
db::TableInfo without_own(db::TableInfo table, const SwapState& state);

/// What is to come in place of the table, as it is now.
ddl::Succession succession_of(const db::TableInfo& table, const SwapState& state);

/// Which rows change while the registry is loaded, and what is loaded into it.
move::Capture capture_of(const ddl::Registry& registry, const SwapState& state, const std::string& state_schema);
move::Projection projection_of(const ddl::Registry& registry);

/// "timestamp without time zone" of a column of type timestamp(3).
std::string key_type_name(const db::ColumnInfo& column);

ddl::KeyType key_type_of(const SwapState& state);

}  // namespace tripmig::swap
