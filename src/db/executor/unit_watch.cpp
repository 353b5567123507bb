#include "db/executor/unit_watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/error.hpp"

namespace tripmig::db {

namespace chr = std::chrono;

UnitWatch::UnitWatch(StepConnection& connection, Reporter& reporter, const StopSignal& stop)
    : m_connection(connection), m_reporter(reporter), m_stop(stop) {
    m_connection.set_wait_observer([this](chr::milliseconds elapsed) { observe(elapsed); });
}

UnitWatch::~UnitWatch() {
    m_connection.set_wait_observer(nullptr);
}

void UnitWatch::begin_unit(const Unit& unit) {
    m_current = unit.name;
    m_is_alone = unit.transaction == Transaction::none;
    m_told.clear();
    m_sampled.clear();
    if (m_progress && m_progress->is_elapsed_time)
        finish_progress();  // of a unit that failed
    m_progress.reset();
}

/// The watcher is opened only when a statement takes long: our own connection can't be asked while it runs one.
void UnitWatch::observe(chr::milliseconds elapsed) {
    if (elapsed < chr::milliseconds(200) && !m_is_alone)
        return;
    try {
        if (!m_watcher)
            m_watcher = std::make_unique<Watcher>(m_connection, m_stop);
        if (m_is_alone)
            sample_locks();
        look_at_blockers();
        look_at_progress(elapsed);
    } catch (const Error&) {
        // Too many connections, say: the work goes on without names. Stop and loss are noticed by the main connection.
        m_watcher.reset();
    }
}

void UnitWatch::look_at_blockers() {
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

void UnitWatch::look_at_progress(chr::milliseconds elapsed) {
    std::optional<Progress> progress = m_watcher->progress_of(m_connection.protocol_backend_pid());
    if (!progress || progress->total == 0)
        progress = elapsed_time(progress ? progress->task : std::string(), elapsed);
    if (!progress)
        return;
    progress->task = progress->task.empty() ? m_current : fmt::format("{}, {}", m_current, progress->task);
    if (!progress->is_elapsed_time)
        progress->done = std::min(progress->done, progress->total);
    if (m_progress && m_progress->task != progress->task)
        finish_progress();
    m_progress = progress;
    Event event{Severity::info, "statement.progress", {}, {}, {}};
    event.message = progress->is_elapsed_time ? fmt::format("{}: {} s", progress->task, progress->done)
                                              : fmt::format("{}: {} of {} {}", progress->task, progress->done,
                                                            progress->total, progress->unit);
    event.progress = std::move(progress);
    m_reporter.emit(event);
}

/// Of a statement, or a phase of one, that the server counts nothing of.
std::optional<Progress> UnitWatch::elapsed_time(std::string phase, chr::milliseconds elapsed) {
    constexpr chr::seconds unremarkable{2};
    if (elapsed < unremarkable)
        return std::nullopt;
    Progress progress;
    progress.task = std::move(phase);
    progress.done = static_cast<std::uint64_t>(chr::duration_cast<chr::seconds>(elapsed).count());
    progress.unit = "seconds";
    progress.is_elapsed_time = true;
    return progress;
}

/// A phase that another one follows, or that the statement's end followed, is over.
void UnitWatch::finish_progress() {
    if (!m_progress)
        return;
    const bool is_told = m_progress->done == m_progress->total;
    m_progress->done = m_progress->is_elapsed_time ? m_progress->done : m_progress->total;
    m_progress->is_over = m_progress->is_elapsed_time;
    Event event{Severity::info, "statement.progress", m_progress->task + ": done", {}, *m_progress};
    m_progress.reset();
    if (!is_told)
        m_reporter.emit(event);
}

void UnitWatch::sample_locks() {
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
