#pragma once

#include <string>
#include <vector>

#include "app/context.hpp"
#include "migrate/run/file_runner.hpp"

namespace tripmig::app {

struct DownOptions {
    std::string to;  ///< undo what is above this version, "0": all; empty: `steps` versions
    int steps = 1;
    bool is_confirmed = false;
};

struct DownResult {
    std::vector<migrate::AppliedFile> undone;
    std::string version;  ///< the newest that is left; empty: none
};

/// Undoes by undo files, newest version first. Throws Error{refused} that names the files when it is not confirmed.
DownResult migrate_down(const Context& context, const DownOptions& options);

}  // namespace tripmig::app
