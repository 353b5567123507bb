#pragma once

#include <map>
#include <string>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "base/stop_signal.hpp"
#include "config/config.hpp"

namespace tripmig::app {

/// The command as the audit and the hooks tell of it. Without secrets.
struct CommandLine {
    std::string name;     ///< "partition maintain"
    std::string options;  ///< "--only public.orders"
};

/// What every command works with: what it was told, to whom it tells what happens, and what ends it. No arguments and
/// no stdout: whoever calls parses the first, and shows the result.
struct Context {
    const config::Config& config;
    Reporter& reporter;
    const StopSignal& stop;
    const Clock& clock;
    const std::map<std::string, std::string>& environment;  ///< for programs that are run, and for migration files
    const CommandLine* command = nullptr;  ///< nullptr: whoever calls is no command, and is not audited
};

}  // namespace tripmig::app
