#pragma once

#include <string>
#include <vector>

#include "base/step.hpp"
#include "db/catalog/index_catalog.hpp"

namespace tripmig::ddl {

/// CREATE INDEX CONCURRENTLY as its author wrote it, taken apart.
struct ConcurrentIndex {
    std::string name;  ///< empty: PostgreSQL chooses
    bool is_unique = false;
    bool if_not_exists = false;
    bool is_only = false;  ///< ON ONLY: the parent's index alone
    std::string tail;      ///< everything after the table's name: [USING ...] (columns) INCLUDE WITH TABLESPACE WHERE
    std::string original;  ///< the whole statement
};

/// What has to happen, by what the catalog says now.
struct IndexPlan {
    std::vector<Unit> units;  ///< to run, in order; then look again
    bool is_done = false;     ///< the index is there and valid
    std::string wait_for;     ///< not empty: somebody may be building it at this moment; look again later
};

/// An index on a plain table. `was_started`: an earlier run began this very statement, so what is there now is its
/// doing: a valid index of the name is the result, an invalid one its remains, dropped concurrently first
/// (manual 11.12, CREATE INDEX: "the index will be left behind in an invalid state").
IndexPlan plan_plain_index(const ConcurrentIndex& index, const db::TreeMember& table, bool was_started);

/// An index on a partitioned table, where PostgreSQL refuses CONCURRENTLY (manual 5.11.2.2): made ON ONLY the parent,
/// then on each leaf concurrently, each attached. What exists already is used; invalid remains are dropped. When every
/// leaf is attached the server marks the parent's index valid. Throws Error{usage} when the index has no name.
IndexPlan plan_partitioned_index(const ConcurrentIndex& index, const std::vector<db::TreeMember>& tree,
                                 bool was_started);

/// The name of the leaf's part: the leaf's name and the index's, cut to 63 bytes with a hash.
std::string leaf_index_name(const std::string& index, const std::string& leaf);

}  // namespace tripmig::ddl
