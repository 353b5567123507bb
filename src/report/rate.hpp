#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

namespace tripmig::report {

/// How quickly a number grows, over the last half minute, and so when it will be there. What was done before the first
/// value (a job that goes on where it stood) counts for nothing; a number that falls (work begun anew) starts the
/// measurement again.
class RateMeter {
  public:
    using TimePoint = std::chrono::steady_clock::time_point;

    void add(TimePoint moment, std::uint64_t done);

    /// nullopt before half a second has passed.
    [[nodiscard]] std::optional<double> per_second() const;
    /// nullopt when the rate is unknown or zero, the total is 0 (unknown), or the answer is more than 99 days.
    [[nodiscard]] std::optional<std::chrono::seconds> time_left(std::uint64_t total) const;
    /// Since the first value.
    [[nodiscard]] std::chrono::milliseconds elapsed() const;
    /// Over the whole time, for the last line; nullopt when no time has passed.
    [[nodiscard]] std::optional<double> overall_per_second() const;

  private:
    struct Sample {
        TimePoint moment;
        std::uint64_t done;
    };

    std::deque<Sample> m_window;
    std::optional<Sample> m_first;
};

}  // namespace tripmig::report
