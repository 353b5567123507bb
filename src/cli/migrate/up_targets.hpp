#pragma once

#include <cstddef>
#include <string>

#include "cli/migrate/up_run.hpp"

namespace tripmig::cli {

struct TargetOptions {
    bool is_all = false;
    std::string from;        ///< a file of targets instead of tripmig.toml's own
    std::size_t jobs = 4;    ///< databases at once
    std::size_t canary = 1;  ///< so many go first, one after the other; when one fails no other begins
    bool keeps_going = false;
};

void add_target_options(CLI::App& command, TargetOptions& options);

/// `up` on every target: the canaries, then the rest, each with its own run lock. Prints what each did; with --dry-run
/// what each would do.
/// partly_failed when one failed; interrupted or terminated when the stop signal was raised.
ExitCode up_targets(Context& context, const UpOptions& options, const TargetOptions& targets);

}  // namespace tripmig::cli
