#include "job/copy/bounds.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "ddl/key/main_range.hpp"
#include "ddl/missing_leaves.hpp"
#include "job/replacement.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

namespace {

/// Leaves of the grid, one after the other. Throws Error{refused} when they are more than the limit.
class Grid {
  public:
    Grid(const State& state, const config::PartitionPolicy& policy, const ddl::KeyFacts& key, ddl::Bound oldest,
         ddl::Bound newest, int max_create)
        : m_state(state),
          m_type(key_type_of(state)),
          m_policy(policy),
          m_key(key),
          m_oldest(oldest),
          m_newest(newest),
          m_limit(static_cast<std::size_t>(policy.max_create.value_or(max_create))),
          m_leaves{ddl::bounds_containing(m_type, policy.interval, oldest)} {}

    [[nodiscard]] const ddl::Bounds& last() const { return m_leaves.back(); }

    void fill_to(const ddl::Bound& end) {
        while (last().upper < end && m_leaves.size() < most)
            add_one();
        require_within_limit();
    }
    /// Up to the newest key and the present, and `premake` after that.
    void fill_ahead(const ddl::Bound& present) {
        int ahead = last().lower > present ? 1 : 0;
        while (last().upper.is_finite() && m_leaves.size() < most &&  // a number range may end with its type
               (last().upper <= m_newest || ahead < m_policy.premake || last().upper <= present)) {
            add_one();
            ahead += last().lower > present ? 1 : 0;
        }
        require_within_limit();
    }

    [[nodiscard]] std::vector<ddl::Bounds> leaves() const { return m_leaves; }

  private:
    static constexpr std::size_t most = 100'000;  ///< nobody counts further

    void add_one() { m_leaves.push_back(ddl::bounds_after(m_type, m_policy.interval, last())); }

    void require_within_limit() const {
        if (m_leaves.size() <= m_limit && m_leaves.size() < most)
            return;
        const std::string used =
            m_key.distribution ? fmt::format(", of which {} would have rows", m_key.distribution->size()) : "";
        std::string flags;
        if (m_state.is<CopyJob>() && m_leaves.size() < most)
            flags = fmt::format("; for this swap alone: --max-create {}", m_leaves.size());
        if (m_state.is<CopyJob>() && m_state.outliers() == config::Outliers::own)
            flags += "; if few rows lie far from the others: --outliers default, or first";
        throw Error(ExitCode::refused,
                    fmt::format("the rows of {} are between {} and {}: they need more than {} partitions{}",
                                sql::quoted(m_state.table), ddl::describe(m_type, m_oldest),
                                ddl::describe(m_type, m_newest), m_limit, used),
                    fmt::format("choose a longer interval, correct the rows with unusual keys, or raise max_create in "
                                "the policy or in [partitions]{}",
                                flags));
    }

    const State& m_state;
    ddl::KeyType m_type;
    const config::PartitionPolicy& m_policy;
    const ddl::KeyFacts& m_key;
    ddl::Bound m_oldest;
    ddl::Bound m_newest;
    std::size_t m_limit;
    std::vector<ddl::Bounds> m_leaves;
};

/// Of numbers: the newest row, else the policy's start; of times: the clock.
ddl::Bound present_of(ddl::KeyType type, const std::optional<ddl::Bound>& newest, Instant now,
                      const config::PartitionPolicy& policy) {
    if (!ddl::is_number(type))
        return ddl::Bound::at(now);
    return newest ? *newest : ddl::present_leaf({type, {}, {}}, policy, now).lower;
}

/// Keys beyond all times: no grid holds them.
void add_infinities(std::vector<ddl::Bounds>& leaves, const ddl::KeyFacts& key) {
    if (key.has_minus_infinity)
        leaves.insert(leaves.begin(), {ddl::Bound::minvalue(), leaves.front().lower});
    if (key.has_infinity)
        leaves.push_back({ddl::Bound::infinity(), ddl::Bound::maxvalue()});
}

/// Where the one leaf up to MAXVALUE begins; nullopt: no row needs it.
std::optional<ddl::Bound> begin_of_last(ddl::KeyType type, const config::PartitionInterval& interval,
                                        const ddl::KeyFacts& key, const ddl::Bound& end) {
    std::optional<ddl::Bound> begin;
    for (const ddl::PartitionRows& each : key.highest)
        if (each.bounds.lower >= end && (!begin || each.bounds.lower < *begin))
            begin = each.bounds.lower;
    if (begin)
        return begin;
    if (key.late.rows > 0)
        return ddl::bounds_containing(type, interval, ddl::calendar(type).upper).lower;
    return key.has_infinity ? std::optional(ddl::Bound::infinity()) : std::nullopt;
}

/// With a place for every key that the grid does not hold: DEFAULT, or a wide leaf at each end.
std::vector<ddl::Bounds> bounds_with_outliers(const State& state, const ddl::KeyFacts& key, Instant now,
                                              const config::PartitionPolicy& policy, int max_create) {
    const ddl::KeyType type = key_type_of(state);
    const auto main = main_range(type, key, now, policy);
    const ddl::Bound present = present_of(type, main ? std::optional(main->last) : std::nullopt, now, policy);
    Grid grid(state, policy, key, main ? main->first : present, main ? main->last : present, max_create);
    grid.fill_ahead(present);
    std::vector<ddl::Bounds> leaves = grid.leaves();
    if (state.outliers() != config::Outliers::first)
        return leaves;
    const ddl::Bound end = leaves.back().upper;
    if (!leaves.front().lower.is_minvalue())
        leaves.insert(leaves.begin(), {ddl::Bound::minvalue(), leaves.front().lower});
    if (const auto begin = begin_of_last(type, policy.interval, key, end))
        leaves.push_back({*begin, ddl::Bound::maxvalue()});
    return leaves;
}

}  // namespace

std::optional<ddl::MainRange> main_range(ddl::KeyType type, const ddl::KeyFacts& key, Instant now,
                                         const config::PartitionPolicy& policy) {
    std::optional<ddl::Bound> start;
    if (policy.start)
        start = ddl::parse_bound(type, *policy.start);
    if (policy.start && (!start || !start->is_finite() || !ddl::holds(type, *start)))
        throw Error(ExitCode::usage,
                    fmt::format("start = \"{}\" is not a valid value of the key's type", *policy.start),
                    ddl::is_number(type) ? "write a number" : "write a date: start = \"2024-01-01\"");
    const auto present = ddl::is_number(type) ? std::nullopt : std::optional(ddl::Bound::at(now));
    return ddl::find_main_range(type, policy.interval, key, present, start);
}

std::vector<ddl::Bounds> copy_bounds(const State& state, const ddl::KeyFacts& key, Instant now,
                                     const config::PartitionPolicy& policy, int max_create) {
    if (state.is<CopyJob>() && state.outliers() != config::Outliers::own)
        return bounds_with_outliers(state, key, now, policy, max_create);
    const ddl::KeyType type = key_type_of(state);
    const ddl::Bound present = present_of(type, key.newest, now, policy);
    const ddl::Bound oldest = std::min(key.oldest.value_or(present), present);
    const ddl::Bound newest = std::max(key.newest.value_or(present), oldest);
    Grid grid(state, policy, key, oldest, newest, max_create);
    const auto whole = ddl::parse_bounds(type, state.bound());
    const bool is_closed = whole && whole->upper.is_finite();
    if (is_closed)
        grid.fill_to(whole->upper);  // of a split: up to the leaf's end without a gap, and nothing beyond its bounds
    else
        grid.fill_ahead(present);
    std::vector<ddl::Bounds> leaves = grid.leaves();
    if (is_closed) {
        leaves.front().lower = std::max(leaves.front().lower, whole->lower);
        leaves.back().upper = std::min(leaves.back().upper, whole->upper);
    }
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

std::vector<ddl::Leaf> name_copy_leaves(const State& state, const config::PartitionPolicy& policy,
                                        std::vector<ddl::Bounds> bounds, const std::set<std::string>& taken) {
    const ddl::KeyType type = key_type_of(state);
    std::vector<ddl::Leaf> first;
    if (state.outliers() == config::Outliers::first && !bounds.empty() && bounds.front().lower.is_minvalue()) {
        first.push_back({state.first_name(), bounds.front()});
        bounds.erase(bounds.begin());
        if (taken.count(first.front().name.name) != 0)
            throw Error(ExitCode::refused,
                        fmt::format("the partition {} for {} would get a name that another relation has",
                                    sql::quoted(first.front().name), ddl::describe(type, first.front().bounds)),
                        "rename or drop that relation");
    }
    std::vector<ddl::Leaf> leaves = ddl::name_leaves(policy.name, state.root_table(), type, bounds, taken);
    leaves.insert(leaves.begin(), first.begin(), first.end());
    return leaves;
}

std::vector<ddl::Bounds> without_present(std::vector<ddl::Bounds> needed, const std::vector<ddl::Bounds>& present) {
    std::vector<ddl::Bounds> missing;
    for (ddl::Bounds& each : needed) {
        // A first key of -infinity came while leaves were there: what is below them all.
        if (each.lower.is_minvalue())
            for (const ddl::Bounds& leaf : present)
                each.upper = std::min(each.upper, leaf.lower);
        // And a key before the one that goes up to MAXVALUE: what lies between.
        if (each.upper.is_maxvalue())
            for (const ddl::Bounds& leaf : present)
                if (each.lower < leaf.lower)
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
