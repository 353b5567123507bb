#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/policy.hpp"
#include "db/table_info.hpp"

namespace tripmig::swap {

/// What the swap does to a statement that the application sends.
struct StatementRisk {
    enum class Kind {
        breaks,   ///< fails afterwards
        changes,  ///< goes on, and means something else
        slows     ///< asks every leaf
    } kind = Kind::slows;
    std::string why;
};

/// nullopt: nothing, as far as its text tells. `query` may have $1 for its constants. Pure.
std::optional<StatementRisk> risk_of(std::string_view query, const db::TableInfo& table,
                                     const config::PartitionPolicy& policy);

}  // namespace tripmig::swap
