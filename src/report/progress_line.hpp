#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/event.hpp"
#include "report/rate.hpp"

namespace tripmig::report {

/// "1,234,567".
std::string grouped(std::uint64_t number);

/// "8 s", "3 min 20 s", "2 h 5 min": for people, two units at most.
std::string for_people(std::chrono::milliseconds duration);

/// "load public.orders  [#####.....]  45%  450,000/1,000,000 rows  83,000 rows/s  7 s left", at most `width` columns
/// wide. What does not fit goes, the least needed first: rate, numbers, bar, time left; in the end the task is
/// shortened.
std::string progress_bar(const Progress& progress, const RateMeter& rate, std::size_t width);

/// The same without the bar, for logs: "load public.orders: 45% (450,000/1,000,000 rows, 83,000 rows/s, 7 s left)".
std::string progress_text(const Progress& progress, const RateMeter& rate);

/// When all is done: "load public.orders: 1,000,000 rows in 12 s (83,333 rows/s)".
std::string finished_text(const Progress& progress, const RateMeter& rate);

}  // namespace tripmig::report
