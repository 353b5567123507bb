#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "db/table_info.hpp"
#include "ddl/bounds.hpp"
#include "ddl/successor.hpp"
#include "swap/state.hpp"

namespace tripmig::swap {

/// The table as its owner knows it: without what this job has added for the time of the work.
db::TableInfo without_own(db::TableInfo table, const SwapState& state);

/// A name that only indexes have which the job builds beside unique ones that lack the key.
bool is_wider_index(std::string_view name);

/// Unique indexes beside the primary key that lack the partition key.
std::vector<db::IndexInfo> narrow_indexes(const db::TableInfo& table, const std::string& key);

/// The same as the way back needs them.
std::vector<NarrowIndex> narrow_of(const ddl::Succession& succession);

/// What is to come in place of the table, as it is now.
ddl::Succession succession_of(const db::TableInfo& table, const SwapState& state);

/// "timestamp without time zone" of a column of type timestamp(3).
std::string key_type_name(const db::ColumnInfo& column);

ddl::KeyType key_type_of(const SwapState& state);

}  // namespace tripmig::swap
