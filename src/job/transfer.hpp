#pragma once

#include <string>
#include <vector>

#include "backfill/transfer.hpp"
#include "ddl/replacement/replacement.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

/// What tells one row from another: the primary key, else a unique index over columns that are never null. Empty: there
/// is neither.
std::vector<std::string> row_keys(const db::TableInfo& table);

/// A job on partitions whose rows nothing tells apart: they go by a hash of their values.
bool goes_by_hash(const State& state);

/// All but the generated columns, in their order.
std::vector<std::string> copied_columns(const db::TableInfo& table);

/// Until the cut-over. attach: the registry's rows. copy: the table's rows into the staged table, and the registry's.
backfill::Transfer build_transfer(const ddl::Replacement& replacement, const State& state,
                                  const std::string& state_schema);

/// From copy's cut-over to `finish`: the new table's rows into the old one. `table`: the new one.
backfill::Transfer transfer_back(const db::TableInfo& table, const State& state, const std::string& state_schema);

}  // namespace tripmig::job
