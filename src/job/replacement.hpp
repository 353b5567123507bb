#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "db/catalog/parent_facts.hpp"
#include "db/catalog/table_info.hpp"
#include "ddl/bounds.hpp"
#include "ddl/composite_key.hpp"
#include "ddl/leaf.hpp"
#include "ddl/replacement/replacement.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

/// The table as its owner knows it: without what this job has added for the time of the work.
db::TableInfo without_own(db::TableInfo table, const State& state);

/// A name that only indexes have which the job builds beside unique ones that lack the key.
bool is_index_with_key(std::string_view name);

/// Unique indexes beside the primary key that lack the partition key.
std::vector<db::IndexInfo> indexes_without_key(const db::TableInfo& table, const std::string& key);

/// The same as the way back needs them.
std::vector<UniqueWithoutKey> unique_without_key(const ddl::Replacement& replacement);

/// The parts of the job, in their order, with what is needed to make and unmake them. `table`: before the cut-over the
/// plain one, after it the partitioned one.
std::vector<ddl::CompositeKey> composite_keys(const db::TableInfo& table, const State& state);

/// What is to come in place of the table, as it is now.
ddl::Replacement build_replacement(const db::TableInfo& table, const State& state);

/// "timestamp without time zone" of a column of type timestamp(3).
std::string key_type_name(const db::ColumnInfo& column);

ddl::KeyType key_type_of(const State& state);

/// What new leaves take over from a table that has no parent yet.
ddl::ParentFacts facts_for_leaves(const ddl::Replacement& replacement);

}  // namespace tripmig::job
