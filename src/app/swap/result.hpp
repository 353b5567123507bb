#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/qualified_name.hpp"
#include "job/state/state.hpp"

namespace tripmig::app {

/// Where a command leaves the swap or split of a table.
struct SwapResult {
    QualifiedName table;
    std::optional<job::State> state;    ///< nullopt: the table was partitioned before any job of ours
    std::vector<std::string> problems;  ///< of the registry's triggers, a sentence each
};

}  // namespace tripmig::app
