#pragma once

#include <optional>
#include <string>
#include <vector>
#include "db/catalog/table_info.hpp"
#include "db/session.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

/// The table, or Error{refused}: there is none.
db::TableInfo require_table(Session& server, const QualifiedName& name);

/// The leaves of a partitioned table, by name.
std::vector<QualifiedName> leaves_of(Session& server, const QualifiedName& table);

/// What a leaf is a leaf of.
struct LeafOf {
    QualifiedName parent;
    std::string key;    ///< the partition key's column
    std::string bound;  ///< FOR VALUES ...
};

/// nullopt: it is no leaf. Throws Error{refused} when there is no such table, or it is partitioned by more than a
/// column.
std::optional<LeafOf> find_parent(db::Session& session, const QualifiedName& leaf);

/// A table's file.
struct SourceFile {
    std::int64_t filenode = 0;
    std::int64_t blocks = 0;
};
/// Of a table that is gone both are 0.
SourceFile read_file(db::Session& session, const QualifiedName& table);

/// The table that a job works on, as its targets are to be: of a job on partitions the
/// (first) partition, with the parent's indexes, keys, rights and triggers.
db::TableInfo source_of(Session& server, const State& state);

}  // namespace tripmig::job
