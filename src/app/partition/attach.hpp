#pragma once

#include <string>

#include "app/context.hpp"
#include "partition/retention/attach.hpp"

namespace tripmig::app {

/// Makes a table that was detached a partition again. Not while `partition maintain` runs.
partition::AttachResult attach_partition(const Context& context, const std::string& name);

}  // namespace tripmig::app
