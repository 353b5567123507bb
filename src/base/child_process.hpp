#pragma once

#include <chrono>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

namespace tripmig {

/// A program to run to its end.
struct ChildOrders {
    std::vector<std::string> arguments;    ///< the program, of PATH or with its path, and its arguments
    std::vector<std::string> environment;  ///< NAME=value; empty: our own
    std::string directory;                 ///< where it starts; empty: where we are
    std::string input;                     ///< its stdin; at most what a pipe holds (64 KiB)
    /// Where its stderr goes: to `err`, to `out`, or where ours goes.
    enum class Stderr { apart, with_stdout, inherited } error_output = Stderr::apart;
    std::chrono::milliseconds patience{0};                              ///< 0: no limit
    std::size_t most_output = std::numeric_limits<std::size_t>::max();  ///< of stdout, in bytes
    bool ends_on_signal = true;                                         ///< signal_children() ends it
};

struct ChildEnd {
    enum class How { ended, timed_out, too_much_output, signalled } how = How::ended;
    int status = 0;  ///< the exit code; 127: there is no such program; 128 + n: ended by signal n
    std::string out;
    std::string err;
};

/// Runs it in a process group of its own, which is killed with all that the program started when the time is over, the
/// output is too long, or signal_children() was called. Throws Error{unexpected} when no pipe can be made.
ChildEnd run_child(const ChildOrders& orders);

/// Sends the signal to the process groups of the children that run now. Async-signal-safe: for the handler of a signal
/// that asks us to stop.
void signal_children(int signal_number) noexcept;

}  // namespace tripmig
