#include "app/report/watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "base/duration.hpp"

namespace tripmig::app {

namespace {

using Steady = std::chrono::steady_clock;

/// Some of its queries read much of the catalog.
constexpr std::chrono::minutes doctor_interval{5};
/// A server that restarts is back within seconds.
constexpr std::chrono::milliseconds retry_interval{2000};

}  // namespace

ReportWatch::ReportWatch(const Context& context, std::chrono::milliseconds refresh)
    : m_context(context), m_refresh(refresh), m_read_at(Steady::now()), m_thread([this] { run(); }) {
}

ReportWatch::~ReportWatch() {
    m_thread.join();
}

/// Longer than that without an end of a read: it hangs.
std::chrono::milliseconds ReportWatch::longest_silence() const {
    return 3 * m_refresh + std::chrono::seconds(30);
}

Watched ReportWatch::now() const {
    const std::lock_guard lock(m_guard);
    Watched watched = m_watched;
    const auto silence = std::chrono::floor<std::chrono::seconds>(Steady::now() - m_read_at);
    if (watched.failure.empty() && silence > longest_silence())
        watched.failure = fmt::format("the server has not answered for {}", to_string(silence));
    return watched;
}

bool ReportWatch::ends_within(std::chrono::milliseconds patience) {
    std::unique_lock lock(m_guard);
    return m_changed.wait_for(lock, patience, [this] { return m_is_over; });
}

void ReportWatch::keep(std::shared_ptr<const Report> report) {
    const std::lock_guard lock(m_guard);
    if (!m_watched.failure.empty())
        m_context.reporter.info("serve.read", "the server can be read again");
    m_watched.report = std::move(report);
    m_watched.failure.clear();
    m_read_at = Steady::now();
    ++m_watched.reads;
}

void ReportWatch::keep_failure(const std::string& why) {
    const std::lock_guard lock(m_guard);
    if (m_watched.failure.empty())
        m_context.reporter.warning("serve.outdated", "the server can't be read; what is shown is outdated: " + why);
    m_watched.failure = why;
    m_read_at = Steady::now();
    ++m_watched.reads;
}

void ReportWatch::read() {
    const std::shared_ptr<const Report> former = now().report;
    const bool keeps_findings =
        former && Steady::now() - m_doctor_at < std::max<Steady::duration>(doctor_interval, m_refresh);
    try {
        auto report = std::make_shared<const Report>(read_report(m_context, keeps_findings ? former.get() : nullptr));
        if (!keeps_findings)
            m_doctor_at = Steady::now();
        keep(std::move(report));
    } catch (const Error& error) {
        if (!m_context.stop.is_raised())
            keep_failure(error.detail().empty() ? error.message()
                                                : fmt::format("{}: {}", error.message(), error.detail()));
    } catch (const std::exception& error) {
        keep_failure(error.what());
    }
}

void ReportWatch::run() {
    while (!m_context.stop.is_raised()) {
        read();
        m_context.stop.wait_for(now().is_fresh() ? m_refresh : std::min(m_refresh, retry_interval));
    }
    const std::lock_guard lock(m_guard);
    m_is_over = true;
    m_changed.notify_all();
}

}  // namespace tripmig::app
