#include "ddl/key/main_range.hpp"

#include <algorithm>

namespace tripmig::ddl {

namespace {

/// Whether more than `widest_gap` partitions lie between the two.
bool is_far(KeyType key, const config::PartitionInterval& interval, const Bounds& earlier, const Bounds& later) {
    Bounds cell = earlier;
    for (int i = 0; i <= widest_gap; ++i) {
        if (!cell.upper.is_finite() || cell.upper >= later.lower)
            return false;
        cell = bounds_after(key, interval, cell);
    }
    return true;
}

/// The first key behind the outliers at the beginning.
std::optional<Bound> first_of_main(KeyType key, const config::PartitionInterval& interval, const KeyFacts& facts) {
    if (facts.lowest.empty())
        return facts.oldest;
    Bound first = facts.lowest.front().first;
    std::int64_t rows = 0;
    for (std::size_t i = 1; i < facts.lowest.size(); ++i) {
        rows += facts.lowest[i - 1].rows;
        if (rows > facts.few)
            break;
        if (is_far(key, interval, facts.lowest[i - 1].bounds, facts.lowest[i].bounds))
            first = facts.lowest[i].first;
    }
    return first;
}

/// The last key before the outliers at the end. Nothing below `first` is looked at.
std::optional<Bound> last_of_main(KeyType key, const config::PartitionInterval& interval, const KeyFacts& facts,
                                  const Bound& first) {
    if (facts.highest.empty())
        return facts.newest;
    Bound last = facts.highest.front().last;
    std::int64_t rows = 0;
    for (std::size_t i = 1; i < facts.highest.size(); ++i) {
        const PartitionRows& earlier = facts.highest[i];
        rows += facts.highest[i - 1].rows;
        if (rows > facts.few || earlier.last < first)
            break;
        if (is_far(key, interval, earlier.bounds, facts.highest[i - 1].bounds))
            last = earlier.last;
    }
    return last;
}

}  // namespace

std::optional<MainRange> find_main_range(KeyType key, const config::PartitionInterval& interval, const KeyFacts& facts,
                                         const std::optional<Bound>& present, const std::optional<Bound>& start) {
    std::optional<Bound> first = start ? start : first_of_main(key, interval, facts);
    if (present && (!first || *present < *first))
        first = present;
    if (!first)
        return std::nullopt;
    std::optional<Bound> last = last_of_main(key, interval, facts, *first);
    if (!last || *last < *first)
        last = first;
    if (present && *last < *present)
        last = present;
    return MainRange{*first, *last};
}

}  // namespace tripmig::ddl
