#pragma once

#include <chrono>
#include <string>

#include "app/context.hpp"

namespace tripmig::app {

struct WaitResult {
    std::string version;  ///< of the database; empty: none yet
};

/// Until the database can be reached and has what the files say. Changes nothing. When the time is over: throws
/// Error{pending}, or Error{unreachable}.
WaitResult wait_for_migrations(const Context& context, std::chrono::milliseconds timeout);

}  // namespace tripmig::app
