#include "backfill/traffic.hpp"

#include <algorithm>
#include <cmath>

namespace tripmig::backfill {

namespace chr = std::chrono;

namespace {

/// Sessions tell what they did about once a second: over less time a steady service would come and go.
constexpr chr::seconds between_looks{2};
/// A second. Monitoring, autovacuum, `status --watch` and people at their consoles stay below.
constexpr double busy_from = 50;

}  // namespace

bool Traffic::wants_look(TimePoint now) const {
    return !m_last || now - m_last->at >= between_looks;
}

void Traffic::add(TimePoint now, std::int64_t ended, std::int64_t own) {
    if (m_last && now > m_last->at && ended >= m_last->ended) {
        const double seconds = chr::duration<double>(now - m_last->at).count();
        const auto others =
            static_cast<double>(std::max<std::int64_t>((ended - m_last->ended) - (own - m_last->own), 0));
        m_is_known = true;
        const double rate = others / seconds;
        m_of_others =
            rate > busy_from ? std::optional(static_cast<int>(std::lround(std::min(rate, 1e9)))) : std::nullopt;
    }
    m_last = Look{now, ended, own};
}

}  // namespace tripmig::backfill
