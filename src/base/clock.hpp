#pragma once

#include <chrono>

#include "base/stop_signal.hpp"

namespace tripmig {

/// A moment in UTC, in PostgreSQL's own resolution.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;

/// The seam to time: planners get an Instant, effects get a Clock.
class Clock {
  public:
    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    virtual ~Clock() = default;

    [[nodiscard]] virtual Instant now() const = 0;
    [[nodiscard]] virtual std::chrono::steady_clock::time_point steady() const = 0;

    /// Lets that much time pass, or what passes until `stop` is raised.
    virtual void wait_for(std::chrono::milliseconds duration, const StopSignal& stop) const { stop.wait_for(duration); }
};

/// The machine's own clocks.
class SystemClock final : public Clock {
  public:
    [[nodiscard]] Instant now() const override {
        return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
    }
    [[nodiscard]] std::chrono::steady_clock::time_point steady() const override {
        return std::chrono::steady_clock::now();
    }
};

}  // namespace tripmig
