#pragma once

#include <string>
#include <vector>

#include "app/context.hpp"
#include "base/exit_code.hpp"

namespace tripmig::app {

/// What a hook is told of, besides who runs what and where.
struct HookEvent {
    std::string command;                  ///< up, partition maintain; empty: the context's
    std::string table;                    ///< of a job; empty: not of one table
    std::string stage;                    ///< of a job: where it stands, as `swap status` calls it
    std::string reached;                  ///< after it: where it stands then
    std::vector<std::string> migrations;  ///< files that are pending, or were applied
};

/// Tells the hook `before` of [hooks]. When that fails nothing may be done: throws Error{refused}, and what a signal
/// throws. Nothing where there is no such hook.
void run_before_hook(const Context& context, const HookEvent& event);

/// Tells the hook `after`, as often as `attempts` says until it succeeds. Its failure is a warning.
void run_after_hook(const Context& context, const HookEvent& event, ExitCode code, const std::string& message) noexcept;

}  // namespace tripmig::app
