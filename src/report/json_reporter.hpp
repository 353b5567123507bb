#pragma once

#include <mutex>

#include "report/progress_tracker.hpp"
#include "report/reporter_options.hpp"

namespace tripmig::report {

/// See make_reporter().
class JsonReporter final : public Reporter {
  public:
    explicit JsonReporter(ReporterOptions options);

    void emit(const Event& event) override;

  private:
    /// False when the progress of this event is not worth a line.
    bool track(const Progress& progress, std::optional<ProgressTracker::Task>& task);

    ReporterOptions m_options;
    SystemClock m_own_clock;
    const Clock& m_clock;
    std::mutex m_mutex;
    ProgressTracker m_tracker;
};

}  // namespace tripmig::report
