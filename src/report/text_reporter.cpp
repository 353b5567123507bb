#include "report/text_reporter.hpp"

#include <fmt/format.h>

#include "base/counted.hpp"
#include "report/color.hpp"
#include "report/display_width.hpp"
#include "report/progress_line.hpp"

namespace tripmig::report {

namespace {

using namespace std::chrono_literals;

constexpr auto draw_pause = 100ms;  // 10 draws a second
constexpr auto line_pause = 5s;
constexpr auto least_told = 2s;  // a stage of a job that took less is over without a line
constexpr std::string_view clear_line = "\r\x1b[K";

}  // namespace

TextReporter::TextReporter(ReporterOptions options)
    : m_options(std::move(options)), m_clock(m_options.clock != nullptr ? *m_options.clock : m_own_clock) {
}

TextReporter::~TextReporter() {
    if (m_bar_is_shown)
        m_options.sink(clear_line);
}

void TextReporter::emit(const Event& event) {
    const bool is_important = event.severity == Severity::warning || event.severity == Severity::error;
    const bool is_detail = event.severity == Severity::debug && !event.progress;
    if (!is_important && (m_options.quiet || (is_detail && !m_options.verbose)))
        return;
    const std::lock_guard lock(m_mutex);
    if (is_important || !event.progress)
        print_line(line_of(event));
    if (event.progress && !m_options.quiet)
        show_progress(*event.progress, event.severity == Severity::debug);
}

std::string TextReporter::line_of(const Event& event) const {
    std::string line = severity_mark(event.severity, m_options.color) + without_control_characters(event.message);
    if (m_options.verbose && !event.fields.empty()) {
        std::string fields;
        for (const auto& [name, value] : event.fields)
            fields += fmt::format("{}{}={}", fields.empty() ? "" : " ", name, value);
        line += painted(Paint::dim, fmt::format("  [{}]", without_control_characters(fields)), m_options.color);
    }
    return line;
}

std::string TextReporter::drawn_bar(ProgressTracker::TimePoint now) const {
    const ProgressTracker::Task* const task = m_tracker.foremost(now);
    if (task == nullptr)
        return {};
    const std::size_t columns = m_options.width ? m_options.width() : 80;
    Progress progress = task->progress;
    progress.task = without_control_characters(progress.task);
    if (m_tracker.count() > 1)
        progress.task += fmt::format(" ({} running)", counted(m_tracker.count() - 1, "other"));
    return progress_bar(progress, task->rate, columns > 1 ? columns - 1 : 1);
}

/// One write takes the bar away, prints the line, and draws the bar again below it.
void TextReporter::print_line(const std::string& line) {
    std::string text = m_bar_is_shown ? std::string(clear_line) : std::string();
    text += line + "\n";
    if (m_bar_is_shown) {
        const std::string bar = drawn_bar(m_clock.steady());
        m_bar_is_shown = !bar.empty();
        text += bar;
    }
    m_options.sink(text);
}

/// A task less.
void TextReporter::redraw(ProgressTracker::TimePoint now) {
    if (!m_bar_is_shown)
        return;
    const std::string bar = drawn_bar(now);
    m_bar_is_shown = !bar.empty();
    m_options.sink(std::string(clear_line) + bar);
}

void TextReporter::show_progress(const Progress& progress, bool is_detail) {
    const auto now = m_clock.steady();
    const ProgressTracker::News news = m_tracker.update(progress, now);
    if (news == ProgressTracker::News::repeated)
        return;
    if (news == ProgressTracker::News::over) {
        m_tracker.remove(progress.task);
        redraw(now);
        return;
    }
    if (news == ProgressTracker::News::finished) {
        const ProgressTracker::Task& task = m_tracker.task(progress.task);
        const bool is_worth_a_line = !is_detail || task.rate.elapsed() >= least_told;
        const std::string line = without_control_characters(finished_text(task.progress, task.rate));
        m_tracker.remove(progress.task);
        if (is_worth_a_line)
            print_line(line);
        else
            redraw(now);
        return;
    }
    if (!m_options.is_terminal) {
        const bool is_short = is_detail && m_tracker.task(progress.task).rate.elapsed() < least_told;
        if (!is_short && m_tracker.is_due(progress.task, now, line_pause)) {
            const ProgressTracker::Task& task = m_tracker.task(progress.task);
            print_line(without_control_characters(progress_text(task.progress, task.rate)));
        }
        return;
    }
    if (m_last_draw && m_bar_is_shown && now - *m_last_draw < draw_pause)
        return;
    m_last_draw = now;
    m_bar_is_shown = true;
    m_options.sink("\r" + drawn_bar(now) + "\x1b[K");
}

}  // namespace tripmig::report
