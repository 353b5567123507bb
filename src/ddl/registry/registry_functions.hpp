#pragma once

#include <string>

#include "ddl/registry/registry.hpp"

namespace tripmig::ddl {

// The bodies of the registry's trigger functions, as dollar-quoted strings.

/// After INSERT: enters the id, or finds it there. It is there rightly when the row is on the move (the trigger before
/// the UPDATE has written its new key already); else another leaf has it: 23505, in PostgreSQL's own words, under the
/// name of the old primary key. After DELETE: takes the id out, unless it is on the move, which its key in the registry
/// tells. Neither reads the partitioned table, so the cost does not grow with the leaves. A REPEATABLE READ or
/// SERIALIZABLE transaction that began before the cut-over and does not see the registry's row: 40001.
std::string registry_keep_body(const Registry& registry);

/// Before an UPDATE of id or key: the registry's row first, so that foreign keys to it see a changed id (ON UPDATE),
/// and never a deleted one. 40001 as above.
std::string registry_move_body(const Registry& registry);

/// After TRUNCATE of all leaves or of one: takes out the ids whose rows are gone, and refuses, as PostgreSQL does for a
/// table that is referenced, when other tables have rows that point to them.
std::string registry_truncate_body(const Registry& registry);

}  // namespace tripmig::ddl
