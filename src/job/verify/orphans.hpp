#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "db/catalog/table_info.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

// A foreign key may be marked valid and have rows all the same that point to no row: those that were written with
// session_replication_role = replica, or while triggers were disabled. A foreign key that the cut-over recreates would
// fail to validate because of them.

/// A foreign key by its name and the table that has the constraint; `referencing` has the rows: that table, or one of
/// its partitions.
struct KeyOfTable {
    QualifiedName table;
    std::string name;
    QualifiedName referencing;
};

/// Rows of `referencing` that point to no row.
struct Orphans {
    std::string text;   ///< names the rows' table, the key, and the first of the rows
    std::string query;  ///< finds them all
};

/// Scans the referencing table in chunks, as the throttle lets it, up to the first chunk with such rows. nullopt: there
/// is none, or the role may not read both tables, which is told.
std::optional<Orphans> find_orphans(Session& server, const KeyOfTable& key);

Error orphans_error(const std::vector<Orphans>& orphans);

/// Before the cut-over: looks at every foreign key that is validated after it. Throws Error{refused} that names the
/// keys and the first rows. `table`: the one that is cut over, for a split with its parent's constraints.
void require_no_orphans(Session& server, const db::TableInfo& table, const State& state);

}  // namespace tripmig::job
