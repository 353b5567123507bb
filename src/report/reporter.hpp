#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "report/reporter_options.hpp"
#include "report/sink.hpp"

namespace tripmig::report {

/// Sink, width, is_terminal and color of that descriptor. `color` is the setting (auto, always, never); auto is a
/// terminal without NO_COLOR (https://no-color.org: set and not empty) and without TERM=dumb.
ReporterOptions reporter_options(int descriptor, std::string_view color,
                                 const std::map<std::string, std::string>& environment);

/// Text for people or one JSON object a line. May be called from any thread; a line is never torn.
///
/// Text: the message, after `warning: ` or `error: ` when it is one. An event with progress moves its task's bar on a
/// terminal (at most 10 draws a second; other lines appear above it) and elsewhere makes a line at first, then at most
/// every 5 s, and when it is done; its message is shown only when it is a warning or an error. JSON: ts, level, kind,
/// message, fields, progress {task, done, total, unit, per_second, left_seconds}; progress of one task at most once a
/// second, but for its first and last.
std::unique_ptr<Reporter> make_reporter(ReporterOptions options);

}  // namespace tripmig::report
