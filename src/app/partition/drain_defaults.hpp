#pragma once

#include <vector>

#include "app/context.hpp"
#include "config/policy.hpp"
#include "partition/maintain.hpp"

namespace tripmig::app {

/// The last part of `maintain`: drains the DEFAULT partitions that have rows and whose policy says so, one after
/// another, as many new partitions as `max_create` allows. What fails concerns its table alone.
void drain_defaults(const Context& context, const std::vector<config::PartitionPolicy>& policies,
                    partition::MaintainResult& result);

}  // namespace tripmig::app
