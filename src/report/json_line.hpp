#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/event.hpp"
#include "report/rate.hpp"

namespace tripmig::report {

/// One event as one JSON object, without a line end. Bytes that are no UTF-8 become U+FFFD. `rate` belongs to the
/// event's progress.
std::string json_line(const Event& event, Instant now, const RateMeter* rate);

/// An error in the same shape: kind "error", with exit_code, sqlstate, detail, hint, file, line and column where there
/// are such.
std::string json_line(const Error& error, Instant now);

}  // namespace tripmig::report
