#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/context.hpp"
#include "partition/maintain.hpp"

namespace tripmig::app {

struct MaintainOptions {
    std::vector<std::string> only;  ///< tables; empty: every policy
    std::optional<Instant> now;     ///< nullopt: the server's clock
    std::optional<int> max_create;  ///< wins over policy and configuration
};

/// Creates what the policies miss, and detaches what is too old. A table that fails, or a policy that can't be read,
/// does not stop the others.
partition::MaintainResult maintain_partitions(const Context& context, const MaintainOptions& options);

/// What that would do. Changes nothing.
partition::MaintainPreview preview_maintenance(const Context& context, const MaintainOptions& options);

}  // namespace tripmig::app
