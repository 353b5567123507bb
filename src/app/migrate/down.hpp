#pragma once

#include <string>
#include <vector>

#include "app/confirm.hpp"
#include "app/context.hpp"
#include "migrate/run/file_runner.hpp"

namespace tripmig::app {

struct DownOptions {
    std::string to;  ///< undo what is above this version, "0": all; empty: `steps` versions
    int steps = 1;
};

struct DownResult {
    std::vector<migrate::AppliedFile> undone;
    std::string version;  ///< the newest that is left; empty: none
};

/// Undoes by undo files, newest version first, once it is confirmed.
DownResult migrate_down(const Context& context, const DownOptions& options, const Confirm& confirm);

}  // namespace tripmig::app
