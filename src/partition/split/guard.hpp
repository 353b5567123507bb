#pragma once

#include <optional>

#include "db/catalog/partition_catalog.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::partition {

/// Beside a leaf under split there may be a DEFAULT partition, which ATTACH of each month would scan under the locks of
/// the cut-over (manual, ALTER TABLE, ATTACH PARTITION). A CHECK over the bounds of the leaf spares that. While the
/// leaf is attached, no row of DEFAULT could break it: it refuses nothing that is not refused anyway.
inline constexpr std::string_view split_guard_name = "tripmig_split_guard";

/// nullopt: there is none, or it is what is split.
std::optional<db::PartitionInfo> default_beside(db::Session& session, const job::State& state);
[[nodiscard]] bool has_split_guard(const db::PartitionInfo& default_partition);

/// Adds the CHECK under a short ACCESS EXCLUSIVE on DEFAULT, and validates it beside readers and writers. The cut-over
/// drops it.
void guard_default_beside(job::Session& server, const job::State& state);

/// On every other way out; nothing happens when it is not there.
void drop_split_guard_quietly(job::Session& server, const job::State& state) noexcept;

}  // namespace tripmig::partition
