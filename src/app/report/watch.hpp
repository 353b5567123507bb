#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "app/context.hpp"
#include "app/report/report.hpp"

namespace tripmig::app {

/// What is known of a server that is read again and again.
struct Watched {
    std::shared_ptr<const Report> report;  ///< the last one; null: none yet
    std::string failure;                   ///< why there is no newer one; empty: it is of now
    std::uint64_t reads = 0;               ///< attempts, successful or not

    [[nodiscard]] bool is_fresh() const { return report != nullptr && failure.empty(); }
};

/// Reads the report again and again, in a thread of its own, until the context's signal is raised. A server that goes
/// and comes back is read again; in between the last report stays. doctor looks every five minutes.
class ReportWatch {
  public:
    /// `context` must outlive it.
    ReportWatch(const Context& context, std::chrono::milliseconds refresh);
    /// Waits for the thread.
    ~ReportWatch();
    ReportWatch(const ReportWatch&) = delete;
    ReportWatch& operator=(const ReportWatch&) = delete;

    [[nodiscard]] Watched now() const;

    /// After the signal: whether the thread ends in that time. A call to a server that does not answer may not.
    [[nodiscard]] bool ends_within(std::chrono::milliseconds patience);

  private:
    void run();
    void read();
    void keep(std::shared_ptr<const Report> report);
    void keep_failure(const std::string& why);
    [[nodiscard]] std::chrono::milliseconds longest_silence() const;

    const Context& m_context;
    const std::chrono::milliseconds m_refresh;
    mutable std::mutex m_guard;
    std::condition_variable m_changed;
    Watched m_watched;
    std::chrono::steady_clock::time_point m_read_at;
    std::chrono::steady_clock::time_point m_doctor_at;
    bool m_is_over = false;
    std::thread m_thread;
};

}  // namespace tripmig::app
