#pragma once

#include <vector>

#include "base/qualified_name.hpp"
#include "db/catalog/table_info.hpp"
#include "ddl/replacement/matview.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::swap {

/// The materialized views that read the table itself, not through a view: the others notice nothing.
std::vector<job::DependentView> dependent_matviews(const db::TableInfo& table);

/// One of them as it is now; nullopt: there is none of that name.
std::optional<ddl::Matview> read_matview(db::Session& session, const job::DependentView& view);

/// Those of the job that still read `former` are built anew and change places with the new ones, one after another,
/// each under the cut-over protocol. May run again. Nothing when there is no `former`. Throws Error{refused or
/// no_privilege} when one cannot be built, once the others are.
void carry_matviews(job::Session& server, const job::State& state, const QualifiedName& former);

/// Of an empty table, once nothing reads it.
Unit drop_empty(const job::State& state);

/// What an interrupted run left of them.
void drop_staged_matviews(job::Session& server, const job::State& state);

/// Throws Error{refused} when something stands on what must be made anew on the way back.
void require_nothing_in_the_way(const db::TableInfo& table);

}  // namespace tripmig::swap
