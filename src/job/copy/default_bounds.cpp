#include "job/copy/default_bounds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/error.hpp"
#include "db/catalog/partition_catalog.hpp"
#include "job/replacement.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

namespace {

/// The smallest key from `from` on within the calendar, by the index.
std::optional<ddl::Bound> next_key(Session& server, const State& state, const ddl::Bound& from) {
    const ddl::KeyType type = key_type_of(state);
    const std::string key = sql::quote_ident(state.key);
    const db::Result found = server.session().read(ddl::outermost_key_sql(
        ddl::KeyEnd::first, "ONLY " + sql::quoted(state.table), state.key,
        fmt::format("{} >= {} AND {}", key, ddl::bound_literal(type, from), ddl::in_calendar(type, key))));
    const auto next = found.optional_text();
    return next ? ddl::parse_bound(type, *next) : std::nullopt;
}

std::vector<ddl::Bounds> other_leaves(Session& server, const State& state) {
    std::vector<ddl::Bounds> others;
    if (const auto partitioning = db::read_partitioning(server.session(), state.parent()))
        for (const db::PartitionInfo& partition : partitioning->partitions)
            if (const auto bounds = ddl::parse_bounds(key_type_of(state), partition.bound))
                others.push_back(*bounds);
    return others;
}

Error too_many(const State& state, std::size_t limit) {
    return {ExitCode::refused,
            fmt::format("the rows of {} need more than {} partitions", sql::quoted(state.table), limit),
            "choose a longer --interval, correct the rows with unusual keys, or raise max_create in the policy or in "
            "[partitions]"};
}

}  // namespace

std::vector<ddl::Bounds> uncovered(const ddl::Bounds& range, std::vector<ddl::Bounds> leaves) {
    std::sort(leaves.begin(), leaves.end(),
              [](const ddl::Bounds& left, const ddl::Bounds& right) { return left.lower < right.lower; });
    std::vector<ddl::Bounds> pieces;
    ddl::Bound from = range.lower;
    for (const ddl::Bounds& leaf : leaves) {
        if (!ddl::overlap(leaf, range))
            continue;
        if (from < leaf.lower)
            pieces.push_back({from, leaf.lower});
        from = std::max(from, leaf.upper);
    }
    if (from < range.upper)
        pieces.push_back({from, range.upper});
    return pieces;
}

std::vector<ddl::Bounds> default_bounds(Session& server, const State& state, const config::PartitionPolicy& policy,
                                        const ddl::KeyFacts& keys) {
    const bool is_drain = state.does(PartitionVerb::drain);
    if (!is_drain && (keys.has_infinity || keys.has_minus_infinity))
        throw Error(
            ExitCode::refused,
            fmt::format("{} has rows whose {} is infinite", sql::quoted(state.table), sql::quote_ident(state.key)),
            "give these rows a finite key first");
    const std::optional<int> chosen = state.partition().limit;
    const auto limit =
        static_cast<std::size_t>(chosen ? *chosen : policy.max_create.value_or(server.config().partitions.max_create));
    const std::vector<ddl::Bounds> others = other_leaves(server, state);
    std::vector<ddl::Bounds> leaves;
    // False: the limit that was asked for is reached.
    const auto add = [&](const ddl::Bounds& range) {
        for (const ddl::Bounds& piece : uncovered(range, others)) {
            if (chosen && leaves.size() == limit)
                return false;
            leaves.push_back(piece);
        }
        if (leaves.size() > limit)
            throw too_many(state, limit);
        return true;
    };
    if (keys.distribution) {
        for (const ddl::PartitionRows& each : *keys.distribution)
            if (!add(each.bounds))
                break;
        return leaves;
    }
    const ddl::KeyType type = key_type_of(state);
    for (auto key = keys.oldest; key;) {
        const ddl::Bounds range = ddl::bounds_containing(type, policy.interval, *key);
        if (!add(range))
            break;
        key = range.upper.is_finite() ? next_key(server, state, range.upper) : std::nullopt;
    }
    return leaves;
}

}  // namespace tripmig::job
