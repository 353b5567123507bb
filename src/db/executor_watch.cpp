#include <fmt/format.h>

#include <algorithm>

#include "db/executor.hpp"

namespace tripmig::db {

namespace chr = std::chrono;

/// The watcher is opened only when a statement takes long: our own connection can't be asked while it runs one.
void Executor::observe(chr::milliseconds elapsed) {
    if (elapsed < chr::milliseconds(200) && !m_is_alone)
        return;
    try {
        if (!m_watcher)
            m_watcher = std::make_unique<Watcher>(m_database, m_reporter, m_stop);
        if (m_is_alone)
            sample_locks();
        look_at_blockers();
        look_at_progress();
    } catch (const Error&) {
        // Too many connections, say: the work goes on without names. Stop and loss are noticed by the main connection.
        m_watcher.reset();
    }
}

void Executor::look_at_blockers() {
    const Watcher::Blockers blockers = m_watcher->blockers_of(m_connection.protocol_backend_pid());
    if (blockers.text.empty())
        return;
    m_blockers = blockers.text;
    if (blockers.pids == m_told)
        return;
    m_told = blockers.pids;
    Event event{Severity::info, "lock.waiting", fmt::format("{} waits for {}", m_current, blockers.text), {}, {}};
    event.fields = {{"unit", m_current}, {"blockers", blockers.text}};
    m_reporter.emit(event);
}

void Executor::look_at_progress() {
    std::optional<Progress> progress = m_watcher->progress_of(m_connection.protocol_backend_pid());
    if (!progress || progress->total == 0)
        return;
    progress->task = fmt::format("{}, {}", m_current, progress->task);
    progress->done = std::min(progress->done, progress->total);
    if (m_progress && m_progress->task != progress->task)
        finish_progress();
    m_progress = progress;
    Event event{Severity::info, "statement.progress", {}, {}, {}};
    event.message = fmt::format("{}: {} of {} {}", progress->task, progress->done, progress->total, progress->unit);
    event.progress = std::move(progress);
    m_reporter.emit(event);
}

/// A phase that another one follows, or that the statement's end followed, is over.
void Executor::finish_progress() {
    if (!m_progress)
        return;
    const bool is_told = m_progress->done == m_progress->total;
    m_progress->done = m_progress->total;
    Event event{Severity::info, "statement.progress", m_progress->task + ": done", {}, *m_progress};
    m_progress.reset();
    if (!is_told)
        m_reporter.emit(event);
}

void Executor::sample_locks() {
    static const std::vector<std::string> weakest_first = {
        "ShareUpdateExclusiveLock", "ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"};
    const auto rank = [](const std::string& mode) {
        return std::find(weakest_first.begin(), weakest_first.end(), mode) - weakest_first.begin();
    };
    for (const auto& [relation, mode] : m_watcher->locks_of(m_connection.protocol_backend_pid())) {
        std::string& strongest = m_sampled.try_emplace(relation, mode).first->second;
        if (rank(strongest) < rank(mode))
            strongest = mode;
    }
}

}  // namespace tripmig::db
