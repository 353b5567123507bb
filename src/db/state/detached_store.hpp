#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/qualified_name.hpp"
#include "base/step.hpp"
#include "db/step_connection.hpp"

namespace tripmig::db {

/// A table that was a partition, as the state schema has it.
struct DetachedTable {
    std::uint32_t oid = 0;
    QualifiedName name;
    QualifiedName parent;
    std::string bounds;  ///< "FOR VALUES FROM (...) TO (...)"
    std::string action;  ///< detach, drop, archive
    Instant detached_at;
    std::optional<Instant> due_at;  ///< nullopt: it is kept
    bool is_clean = false;          ///< its foreign keys and tripmig's triggers are off it
    char kind = 'r';                ///< pg_class.relkind
    /// Another table has its name, it was dropped or renamed, or it is a partition again: whoever did that decided.
    bool is_stale = false;
    bool is_attached = false;  ///< the detach has not come about, or is not finished
};

/// All that the state schema knows; none where there is no such schema, or it is an older version's.
std::vector<DetachedTable> read_detached(StepConnection& connection, std::string_view state_schema);

/// The one of that name that still is what was detached.
std::optional<DetachedTable> find_detached(StepConnection& connection, std::string_view state_schema,
                                           const QualifiedName& name);

// Steps for the transaction whose effect they record, or before the statement that can be in none.
Step record_detached_step(std::string_view state_schema, const DetachedTable& table);
/// Before a detach is finished that was interrupted.
Step record_finish_step(std::string_view state_schema, const DetachedTable& table);
/// It has foreign keys again, and may not come to be attached.
Step record_half_clean_step(std::string_view state_schema, std::uint32_t oid);
Step record_clean_step(std::string_view state_schema, std::uint32_t oid);
Step forget_detached_step(std::string_view state_schema, std::uint32_t oid);

}  // namespace tripmig::db
