#pragma once

#include "base/stop_signal.hpp"

namespace tripmig::cli {

/// From here on SIGINT, SIGTERM and SIGHUP (the terminal is gone; unless under nohup) raise `stop`, and a reader that
/// went away is an error of write(), not the end of the process (SIGPIPE is ignored). One process has one: `stop` must
/// outlive every later signal.
void catch_signals(StopSignal& stop);

}  // namespace tripmig::cli
