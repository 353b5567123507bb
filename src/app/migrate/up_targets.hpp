#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "app/context.hpp"
#include "app/migrate/dry_run.hpp"
#include "app/migrate/up.hpp"
#include "base/error.hpp"

namespace tripmig::app {

struct TargetOptions {
    std::string from;        ///< a file of targets instead of tripmig.toml's own
    std::size_t jobs = 4;    ///< databases at once
    std::size_t canary = 1;  ///< so many go first, one after the other; when one fails no other begins
    bool keeps_going = false;
    bool is_dry_run = false;
};

/// What became of one target.
struct TargetOutcome {
    std::string name;
    bool was_started = false;
    std::optional<Error> failure;
    UpResult result;
    DryRun preview;  ///< of a dry run
    std::chrono::milliseconds took{0};
};

struct TargetsResult {
    std::vector<TargetOutcome> targets;

    [[nodiscard]] bool has_failed() const;
    /// partly_failed when one failed.
    [[nodiscard]] ExitCode exit_code() const { return has_failed() ? ExitCode::partly_failed : ExitCode::ok; }
};

/// `up`, or its dry run, on every target: the canaries, then the rest, each with its own run lock. A target that fails
/// does not throw: it is in the result. After the stop signal no further one is begun.
TargetsResult up_targets(const Context& context, const UpOptions& options, const TargetOptions& targets);

}  // namespace tripmig::app
