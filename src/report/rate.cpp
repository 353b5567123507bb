#include "report/rate.hpp"

#include <cmath>

namespace tripmig::report {

namespace {

using namespace std::chrono_literals;

constexpr auto window = 30s;
constexpr auto sample_distance = 250ms;
constexpr auto least_span = 500ms;
constexpr double longest_time_left = 99.0 * 24 * 3600;

double seconds(std::chrono::steady_clock::duration duration) {
    return std::chrono::duration<double>(duration).count();
}

}  // namespace

/// The last sample is always the newest value; the ones before it stand a quarter of a second apart, so that the window
/// stays small however often values come.
void RateMeter::add(TimePoint moment, std::uint64_t done) {
    if (m_first && done < m_window.back().done) {
        m_window.clear();
        m_first.reset();
    }
    if (!m_first)
        m_first = Sample{moment, done};
    const std::size_t count = m_window.size();
    if (count >= 2 && m_window[count - 1].moment - m_window[count - 2].moment < sample_distance)
        m_window.back() = Sample{moment, done};
    else
        m_window.push_back({moment, done});
    while (m_window.size() > 2 && moment - m_window[1].moment >= window)
        m_window.pop_front();
}

std::optional<double> RateMeter::per_second() const {
    if (m_window.size() < 2)
        return std::nullopt;
    const auto span = m_window.back().moment - m_window.front().moment;
    if (span < least_span)
        return std::nullopt;
    return static_cast<double>(m_window.back().done - m_window.front().done) / seconds(span);
}

std::optional<std::chrono::seconds> RateMeter::time_left(std::uint64_t total) const {
    const auto rate = per_second();
    if (!rate || *rate <= 0 || total == 0)
        return std::nullopt;
    const std::uint64_t done = m_window.back().done;
    const double left = done >= total ? 0 : std::ceil(static_cast<double>(total - done) / *rate);
    if (left > longest_time_left)
        return std::nullopt;
    return std::chrono::seconds(static_cast<std::int64_t>(left));
}

std::chrono::milliseconds RateMeter::elapsed() const {
    if (!m_first)
        return 0ms;
    return std::chrono::duration_cast<std::chrono::milliseconds>(m_window.back().moment - m_first->moment);
}

std::optional<double> RateMeter::overall_per_second() const {
    if (!m_first || m_window.back().moment <= m_first->moment)
        return std::nullopt;
    return static_cast<double>(m_window.back().done - m_first->done) /
           seconds(m_window.back().moment - m_first->moment);
}

}  // namespace tripmig::report
