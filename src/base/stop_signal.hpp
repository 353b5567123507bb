#pragma once

#include <atomic>
#include <chrono>

namespace tripmig {

/// Set once by SIGINT or SIGTERM; every wait looks at it. raise() is async-signal-safe.
class StopSignal {
  public:
    StopSignal();
    ~StopSignal();
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;

    void raise(int signal_number) noexcept;

    /// 0, or the number of the signal that asked us to stop.
    [[nodiscard]] int signal_number() const noexcept { return m_signal.load(); }
    [[nodiscard]] bool is_raised() const noexcept { return signal_number() != 0; }

    /// Becomes readable, and stays so, when the signal is raised: for poll().
    [[nodiscard]] int descriptor() const noexcept { return m_read_end; }

    /// Waits that long, or until raised. True when raised.
    bool wait_for(std::chrono::milliseconds duration) const;

    /// Throws Error{interrupted or terminated} when raised.
    void check() const;

  private:
    std::atomic<int> m_signal{0};
    int m_read_end = -1;
    int m_write_end = -1;
};

}  // namespace tripmig
