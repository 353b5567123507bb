#pragma once

#include "config/policy.hpp"
#include "db/session.hpp"
#include "job/source/table_facts.hpp"

namespace tripmig::swap {

/// The referencing tables, for the policy composite; else nothing.
void read_children(db::Session& session, job::Facts& facts, const config::PartitionPolicy& policy);

/// What preflight looks at beside the table itself: materialized views that read it, under the policy composite the
/// tables that reference it. Nothing when there is no table.
void read_dependents(db::Session& session, job::Facts& facts, const config::PartitionPolicy& policy);

}  // namespace tripmig::swap
