#pragma once

#include <string>
#include <vector>

#include "config/policy.hpp"
#include "db/catalog/table_info.hpp"
#include "job/state/state.hpp"

namespace tripmig::swap {

// `drop` gives foreign keys up for good: a policy file that says so is not enough, whoever runs the swap names them.

/// "public.lines.lines_order_id_fkey".
std::string described(const db::IncomingKey& key);

/// Those among `keys` that nobody named on the command line and that are not `agreed` already; none without the policy
/// drop.
std::vector<db::IncomingKey> unnamed_keys(const std::vector<db::IncomingKey>& keys,
                                          const std::vector<db::IncomingKey>& agreed,
                                          const config::PartitionPolicy& policy);

/// Throws Error{refused} with the command to give when there are such, or when a name is none of theirs.
void require_named(const std::vector<db::IncomingKey>& keys, const std::vector<db::IncomingKey>& agreed,
                   const config::PartitionPolicy& policy);

/// The command that names all of `keys`, for a shell.
std::string command_naming(const std::vector<db::IncomingKey>& keys, const config::PartitionPolicy& policy);

/// The keys that `revert` will bring back are those that are there now; all that are given up must have been named.
void record_dropped_foreign_keys(const db::TableInfo& table, const config::PartitionPolicy& policy, job::State& state);

}  // namespace tripmig::swap
