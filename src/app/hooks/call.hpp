#pragma once

#include <chrono>
#include <string>

namespace tripmig::app {

/// Calls a hook with one JSON document: a shell command gets it on its stdin, a URL by HTTP POST, which curl does. No
/// other user can see either: nothing of them is in the arguments of a program but the command itself. Ends it when
/// the time is over and when a signal asks us to stop. What went wrong: "failed with exit code 3"; empty: nothing.
std::string call_hook(const std::string& hook, const std::string& document, std::chrono::milliseconds timeout);

}  // namespace tripmig::app
