#pragma once

#include <string>
#include <vector>

#include "app/confirm.hpp"
#include "app/context.hpp"
#include "migrate/run/file_runner.hpp"

namespace tripmig::app {

struct RedoResult {
    std::string version;
    migrate::AppliedFile undone;
    migrate::AppliedFile applied;
};

/// Undoes the newest version and applies it again, once it is confirmed.
RedoResult migrate_redo(const Context& context, const Confirm& confirm);

}  // namespace tripmig::app
