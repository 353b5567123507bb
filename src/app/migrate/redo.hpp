#pragma once

#include <string>
#include <vector>

#include "app/context.hpp"
#include "migrate/run/file_runner.hpp"

namespace tripmig::app {

struct RedoResult {
    std::string version;
    migrate::AppliedFile undone;
    migrate::AppliedFile applied;
};

/// Undoes the newest version and applies it again. Throws Error{refused} that names the files when it is not confirmed.
RedoResult migrate_redo(const Context& context, bool is_confirmed);

}  // namespace tripmig::app
