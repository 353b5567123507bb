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

/// The first key behind the outliers at the beginning. What is a few rows alone may lie behind all of them: then it is
/// `present`.
std::optional<Bound> first_of_main(KeyType key, const config::PartitionInterval& interval, const KeyFacts& facts,
                                   const std::optional<Bound>& present) {
    if (facts.lowest.empty())
        return facts.oldest;
    Bound first = facts.lowest.front().first;
    std::int64_t rows = 0;
    for (std::size_t i = 0; i < facts.lowest.size(); ++i) {
        rows += facts.lowest[i].rows;
        const bool is_last = i + 1 == facts.lowest.size();
        if (rows > facts.few || (is_last && !present))
            break;
        const Bounds later = is_last ? bounds_containing(key, interval, *present) : facts.lowest[i + 1].bounds;
        if (is_far(key, interval, facts.lowest[i].bounds, later))
            first = is_last ? *present : facts.lowest[i + 1].first;
    }
    return first;
}

/// The last key before the outliers at the end. Nothing below `first` is looked at; where no other rows are left it is
/// `anchor`.
std::optional<Bound> last_of_main(KeyType key, const config::PartitionInterval& interval, const KeyFacts& facts,
                                  const Bound& first, const Bound& anchor) {
    if (facts.highest.empty())
        return facts.newest;
    Bound last = facts.highest.front().last;
    std::int64_t rows = 0;
    for (std::size_t i = 0; i < facts.highest.size(); ++i) {
        rows += facts.highest[i].rows;
        if (rows > facts.few)
            break;
        const bool is_alone = i + 1 == facts.highest.size() || facts.highest[i + 1].last < first;
        const Bounds earlier = is_alone ? bounds_containing(key, interval, anchor) : facts.highest[i + 1].bounds;
        if (is_far(key, interval, earlier, facts.highest[i].bounds))
            last = is_alone ? anchor : facts.highest[i + 1].last;
        if (is_alone)
            break;
    }
    return last;
}

}  // namespace

std::optional<MainRange> find_main_range(KeyType key, const config::PartitionInterval& interval, const KeyFacts& facts,
                                         const std::optional<Bound>& present, const std::optional<Bound>& start) {
    std::optional<Bound> first = start ? start : first_of_main(key, interval, facts, present);
    if (present && (!first || *present < *first))
        first = present;
    if (!first)
        return std::nullopt;
    std::optional<Bound> last = last_of_main(key, interval, facts, *first, present.value_or(*first));
    if (!last || *last < *first)
        last = first;
    if (present && *last < *present)
        last = present;
    return MainRange{*first, *last};
}

}  // namespace tripmig::ddl
