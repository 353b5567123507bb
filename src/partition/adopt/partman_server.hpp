#pragma once

#include <string>
#include <vector>

#include "db/session.hpp"
#include "partition/adopt/partman.hpp"

namespace tripmig::partition {

/// Where pg_partman keeps its tables. `schema`: where to look; empty: the extension says it. Throws Error{refused} when
/// there is no part_config, or more than one.
std::string find_partman(db::Session& session, const std::string& schema);

/// All rows of part_config in the order of their names, of a version 4 or 5.
std::vector<PartmanTable> read_partman(db::Session& session, const std::string& schema);

/// Throws Error{no_privilege} when this role can't switch pg_partman off.
void require_take_over(db::Session& session, const std::string& schema);

/// Sets automatic_maintenance = 'off' for these tables and what pg_partman maintains below them, in one transaction.
/// How many rows of part_config changed.
std::size_t switch_partman_off(db::Session& session, const std::string& schema,
                               const std::vector<QualifiedName>& tables);

}  // namespace tripmig::partition
