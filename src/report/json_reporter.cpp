#include "report/json_reporter.hpp"

#include "report/json_line.hpp"

namespace tripmig::report {

namespace {

constexpr std::chrono::seconds progress_pause{1};

}  // namespace

JsonReporter::JsonReporter(ReporterOptions options)
    : m_options(std::move(options)), m_clock(m_options.clock != nullptr ? *m_options.clock : m_own_clock) {
}

bool JsonReporter::track(const Progress& progress, std::optional<ProgressTracker::Task>& task) {
    const auto now = m_clock.steady();
    const ProgressTracker::News news = m_tracker.update(progress, now);
    if (news == ProgressTracker::News::repeated)
        return false;
    const bool due = m_tracker.is_due(progress.task, now, progress_pause);
    task = m_tracker.task(progress.task);
    const bool is_last = news == ProgressTracker::News::finished || news == ProgressTracker::News::over;
    if (is_last)
        m_tracker.remove(progress.task);
    return due || is_last;
}

void JsonReporter::emit(const Event& event) {
    const bool is_important = event.severity == Severity::warning || event.severity == Severity::error;
    const bool is_detail = event.severity == Severity::debug && !event.progress;
    if (!is_important && (m_options.quiet || (is_detail && !m_options.verbose)))
        return;
    const std::lock_guard lock(m_mutex);
    std::optional<ProgressTracker::Task> task;
    const bool is_news = !event.progress || track(*event.progress, task);
    if (is_news || is_important)
        m_options.sink(json_line(event, m_clock.now(), task ? &task->rate : nullptr) + "\n");
}

}  // namespace tripmig::report
