#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace tripmig::report {

/// Where rendered text goes. Takes whole lines, or the escape sequences of a progress bar.
using Sink = std::function<void(std::string_view)>;

/// Writes to a file descriptor, which stays the caller's, each call with as few write(2) as the system allows. A reader
/// that went away (EPIPE), a closed descriptor or a full disk end the output, never the work: no SIGPIPE, no exception.
Sink descriptor_sink(int descriptor);

/// The terminal's columns, or 80 when the descriptor does not tell.
std::size_t terminal_width(int descriptor);

/// Is somebody watching: a terminal, and not one that only prints (TERM=dumb)?
bool is_interactive(int descriptor, std::string_view term);

}  // namespace tripmig::report
