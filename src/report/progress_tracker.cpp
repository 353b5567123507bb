#include "report/progress_tracker.hpp"

#include <algorithm>

namespace tripmig::report {

namespace {

constexpr std::chrono::seconds silence{5};

bool is_done(const Progress& progress) {
    return progress.total > 0 && progress.done >= progress.total;
}

}  // namespace

ProgressTracker::News ProgressTracker::update(const Progress& progress, TimePoint now) {
    const auto ended = m_ended.find(progress.task);
    if (ended != m_ended.end()) {
        if (is_done(progress) && ended->second == progress.total)
            return News::repeated;
        m_ended.erase(ended);
    }
    const bool is_new = m_tasks.find(progress.task) == m_tasks.end();
    Task& task = m_tasks[progress.task];
    if (is_new)
        m_order.push_back(progress.task);
    task.progress = progress;
    task.updated = now;
    task.rate.add(now, progress.done);
    if (progress.is_over)
        return News::over;
    if (is_done(progress)) {
        m_ended[progress.task] = progress.total;
        return News::finished;
    }
    return is_new ? News::first : News::ordinary;
}

bool ProgressTracker::is_due(const std::string& name, TimePoint now, std::chrono::milliseconds pause) {
    Task& task = m_tasks.at(name);
    if (task.told && now - *task.told < pause)
        return false;
    task.told = now;
    return true;
}

void ProgressTracker::remove(const std::string& name) {
    m_tasks.erase(name);
    m_order.erase(std::remove(m_order.begin(), m_order.end(), name), m_order.end());
}

const ProgressTracker::Task* ProgressTracker::foremost(TimePoint now) const {
    const auto speaks = [&](const std::string& name) { return now - m_tasks.at(name).updated < silence; };
    const auto last = std::find_if(m_order.rbegin(), m_order.rend(), speaks);
    if (last != m_order.rend())
        return &m_tasks.at(*last);
    const auto is_older = [&](const std::string& left, const std::string& right) {
        return m_tasks.at(left).updated < m_tasks.at(right).updated;
    };
    const auto latest = std::max_element(m_order.begin(), m_order.end(), is_older);
    return latest == m_order.end() ? nullptr : &m_tasks.at(*latest);
}

}  // namespace tripmig::report
