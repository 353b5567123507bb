#pragma once

#include <cstddef>
#include <string>

#include "app/context.hpp"

namespace tripmig::app {

struct BaselineResult {
    std::string version;
    std::size_t pending = 0;  ///< files above it
};

/// Starts the history of an existing database: versions up to this one count as applied. Runs nothing.
/// Throws Error{refused} when the history has versions already.
BaselineResult record_baseline(const Context& context, const std::string& version);

}  // namespace tripmig::app
