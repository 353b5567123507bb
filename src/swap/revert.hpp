#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "db/table_info.hpp"
#include "swap/server.hpp"
#include "swap/state.hpp"

namespace tripmig::swap {

/// Puts the old table back in its place, with everything that came to the new one since: catalog work under the
/// cut-over protocol, after a unique index for the old primary key was built beside the writers. Throws Error{refused}
/// when there are rows beyond the cut, naming what to do instead.
SwapState revert(Server& server, const QualifiedName& table);

/// What the way back is made from.
struct RevertFacts {
    db::TableInfo parent;
    db::TableInfo past;
    std::optional<db::TableInfo> registry;
    std::vector<QualifiedName> other_leaves;
    std::map<std::string, std::string> index_names;  ///< of the parent's indexes: their part on the past
};

/// The transaction that does it. Pure.
Unit revert_unit(const RevertFacts& facts, const SwapState& state, const std::string& state_schema,
                 const config::SwapConfig& config);

}  // namespace tripmig::swap
