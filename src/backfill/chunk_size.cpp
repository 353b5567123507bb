#include "backfill/chunk_size.hpp"

#include <algorithm>

namespace tripmig::backfill {

ChunkSize::ChunkSize(std::int64_t first, Bounds bounds, std::chrono::milliseconds target)
    : m_size(std::clamp(first, bounds.smallest, bounds.largest)), m_bounds(bounds), m_target(target) {
}

void ChunkSize::took(std::chrono::milliseconds duration) {
    const double ratio = static_cast<double>(std::max<std::int64_t>(m_target.count(), 1)) /
                         static_cast<double>(std::max<std::int64_t>(duration.count(), 1));
    const double wanted = static_cast<double>(m_size) * std::clamp(ratio, 0.5, 2.0);
    m_size = wanted >= static_cast<double>(m_bounds.largest)
                 ? m_bounds.largest
                 : std::max(m_bounds.smallest, static_cast<std::int64_t>(wanted));
}

}  // namespace tripmig::backfill
