#include "job/copy/bounds.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "ddl/missing_leaves.hpp"
#include "job/replacement.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

namespace {

/// Leaves of the grid, one after the other, until there are more than the limit.
class Grid {
  public:
    /// `used`: what the message says of how many would have rows.
    Grid(const State& state, const config::PartitionPolicy& policy, ddl::Bound oldest, ddl::Bound newest,
         int max_create, std::string used)
        : m_state(state),
          m_type(key_type_of(state)),
          m_interval(policy.interval),
          m_oldest(oldest),
          m_newest(newest),
          m_used(std::move(used)),
          m_limit(static_cast<std::size_t>(policy.max_create.value_or(max_create))),
          m_leaves{ddl::bounds_containing(m_type, m_interval, oldest)} {}

    [[nodiscard]] const ddl::Bounds& last() const { return m_leaves.back(); }
    /// A number range may end with its type.
    [[nodiscard]] bool ends() const { return !last().upper.is_finite(); }

    void add_one() {
        m_leaves.push_back(ddl::bounds_after(m_type, m_interval, last()));
        if (m_leaves.size() > m_limit)
            throw Error(ExitCode::refused,
                        fmt::format("the rows of {} are between {} and {}: they need more than {} partitions{}",
                                    sql::quoted(m_state.table), ddl::describe(m_type, m_oldest),
                                    ddl::describe(m_type, m_newest), m_limit, m_used),
                        "choose a longer interval, correct the rows with unusual keys, or raise max_create in the "
                        "policy or in [partitions]");
    }

    [[nodiscard]] std::vector<ddl::Bounds> leaves() const { return m_leaves; }

  private:
    const State& m_state;
    ddl::KeyType m_type;
    const config::PartitionInterval& m_interval;
    ddl::Bound m_oldest;
    ddl::Bound m_newest;
    std::string m_used;
    std::size_t m_limit;
    std::vector<ddl::Bounds> m_leaves;
};

/// Of numbers: the newest row, else the policy's start; of times: the clock.
ddl::Bound present_of(ddl::KeyType type, const ddl::KeyFacts& key, Instant now, const config::PartitionPolicy& policy) {
    if (!ddl::is_number(type))
        return ddl::Bound::at(now);
    return key.newest ? *key.newest : ddl::present_leaf({type, {}, {}}, policy, now).lower;
}

/// Keys beyond all times: no grid holds them.
void add_infinities(std::vector<ddl::Bounds>& leaves, const ddl::KeyFacts& key) {
    if (key.has_minus_infinity)
        leaves.insert(leaves.begin(), {ddl::Bound::minvalue(), leaves.front().lower});
    if (key.has_infinity)
        leaves.push_back({ddl::Bound::infinity(), ddl::Bound::maxvalue()});
}

}  // namespace

std::vector<ddl::Bounds> copy_bounds(const State& state, const ddl::KeyFacts& key, Instant now,
                                     const config::PartitionPolicy& policy, int max_create) {
    const ddl::KeyType type = key_type_of(state);
    const ddl::Bound present = present_of(type, key, now, policy);
    const ddl::Bound oldest = std::min(key.oldest.value_or(present), present);
    const ddl::Bound newest = std::max(key.newest.value_or(present), oldest);
    Grid grid(state, policy, oldest, newest, max_create,
              key.distribution ? fmt::format(", of which {} would have rows", key.distribution->size()) : "");
    const auto whole = ddl::parse_bounds(type, state.bound());
    if (whole && whole->upper.is_finite()) {
        // Of a split: up to the leaf's end without a gap, and nothing beyond its bounds.
        while (grid.last().upper < whole->upper)
            grid.add_one();
        std::vector<ddl::Bounds> leaves = grid.leaves();
        leaves.front().lower = std::max(leaves.front().lower, whole->lower);
        leaves.back().upper = std::min(leaves.back().upper, whole->upper);
        add_infinities(leaves, key);
        return leaves;
    }
    int ahead = grid.last().lower > present ? 1 : 0;
    while (!grid.ends() && (grid.last().upper <= newest || ahead < policy.premake || grid.last().upper <= present)) {
        grid.add_one();
        ahead += grid.last().lower > present ? 1 : 0;
    }
    std::vector<ddl::Bounds> leaves = grid.leaves();
    add_infinities(leaves, key);
    return leaves;
}

ddl::Bounds merged_bounds(const State& state) {
    const ddl::KeyType type = key_type_of(state);
    const auto bounds_of = [&](const std::string& bound) {
        if (const auto bounds = ddl::parse_bounds(type, bound))
            return *bounds;
        throw Error(ExitCode::refused, fmt::format("the bounds {} cannot be read", bound), "please report this");
    };
    ddl::Bounds bounds = bounds_of(state.bound());
    for (const SourcePartition& source : state.partition().more)
        bounds.upper = bounds_of(source.bound).upper;
    return bounds;
}

std::vector<ddl::Bounds> without_present(std::vector<ddl::Bounds> needed, const std::vector<ddl::Bounds>& present) {
    std::vector<ddl::Bounds> missing;
    for (ddl::Bounds& each : needed) {
        // A first key of -infinity came while leaves were there: what is below them all.
        if (each.lower.is_minvalue())
            for (const ddl::Bounds& leaf : present)
                each.upper = std::min(each.upper, leaf.lower);
        const bool is_there =
            each.upper.is_minvalue() || std::any_of(present.begin(), present.end(),
                                                    [&](const ddl::Bounds& leaf) { return ddl::overlap(leaf, each); });
        if (!is_there)
            missing.push_back(each);
    }
    return missing;
}

}  // namespace tripmig::job
