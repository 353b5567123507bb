#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "report/progress_tracker.hpp"
#include "report/reporter_options.hpp"

namespace tripmig::report {

/// See make_reporter().
class TextReporter final : public Reporter {
  public:
    explicit TextReporter(ReporterOptions options);
    /// Takes the bar away, so that what is written next begins on a clean line.
    ~TextReporter() override;

    void emit(const Event& event) override;

  private:
    /// `is_detail`: a part of a command's work, of which a log has a line only when it takes long.
    void show_progress(const Progress& progress, bool is_detail);
    void redraw(ProgressTracker::TimePoint now);
    void print_line(const std::string& line);
    [[nodiscard]] std::string line_of(const Event& event) const;
    [[nodiscard]] std::string drawn_bar(ProgressTracker::TimePoint now) const;

    ReporterOptions m_options;
    SystemClock m_own_clock;
    const Clock& m_clock;
    std::mutex m_mutex;
    ProgressTracker m_tracker;
    bool m_bar_is_shown = false;
    std::optional<ProgressTracker::TimePoint> m_last_draw;
};

}  // namespace tripmig::report
