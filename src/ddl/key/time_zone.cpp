#include "ddl/key/time_zone.hpp"

#include <algorithm>
#include <iterator>

namespace tripmig::ddl {

TimeZone::TimeZone(std::string name, std::vector<Offset> offsets)
    : m_name(std::move(name)), m_offsets(std::move(offsets)) {
}

Instant TimeZone::local(Instant utc) const {
    const auto next = std::upper_bound(std::next(m_offsets.begin()), m_offsets.end(), utc,
                                       [](Instant moment, const Offset& offset) { return moment < offset.from; });
    return utc + std::prev(next)->east;
}

Instant TimeZone::utc(Instant local) const {
    for (std::size_t i = m_offsets.size(); i-- > 1;)
        if (const Instant moment = local - m_offsets[i].east; moment >= m_offsets[i].from)
            return i + 1 < m_offsets.size() ? std::min(moment, m_offsets[i + 1].from) : moment;
    const Instant moment = local - m_offsets.front().east;
    return m_offsets.size() > 1 ? std::min(moment, m_offsets[1].from) : moment;
}

}  // namespace tripmig::ddl
