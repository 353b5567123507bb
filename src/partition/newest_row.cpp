#include "partition/newest_row.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "db/catalog/partition_catalog.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace {

/// Rows after `now` say nothing about whether `now` is right.
std::string not_after_now(const Snapshot& snapshot) {
    namespace chr = std::chrono;
    const ddl::KeyType key =
        snapshot.coverage.key;  // of a date today's rows count, of others those of this second or millisecond
    const Instant end = key == ddl::KeyType::date      ? chr::floor<chr::days>(snapshot.now) + chr::days(1)
                        : key == ddl::KeyType::epoch_s ? chr::floor<chr::seconds>(snapshot.now) + chr::seconds(1)
                                                       : snapshot.now + chr::milliseconds(1);
    return ddl::within(key, {ddl::Bound::minvalue(), ddl::Bound::at(end)}, snapshot.parent.key);
}

std::optional<ddl::Bound> newest_key(db::Session& session, const Snapshot& snapshot, const QualifiedName& partition,
                                     const std::string& condition) {
    const auto newest =
        session.read(ddl::outermost_key_sql(ddl::KeyEnd::last, sql::quoted(partition), snapshot.parent.key, condition))
            .optional_text();
    return newest ? ddl::parse_bound(snapshot.coverage.key, *newest) : std::nullopt;
}

bool has_row(db::Session& session, const QualifiedName& partition, const std::string& condition) {
    return session.flag(fmt::format("SELECT EXISTS (SELECT FROM {}{}{})", sql::quoted(partition),
                                    condition.empty() ? "" : " WHERE ", condition));
}

std::optional<NewestRow> newest_until_now(db::Session& session, const Snapshot& snapshot,
                                          const ddl::Bound& oldest_believable) {
    const ddl::Bound now = ddl::Bound::at(snapshot.now);
    for (auto leaf = snapshot.leaves.rbegin(); leaf != snapshot.leaves.rend(); ++leaf) {
        const ddl::Bounds& bounds = leaf->leaf.bounds;
        if (now < bounds.lower || leaf->info.is_detach_pending)
            continue;
        const std::string condition = bounds.upper <= now ? std::string() : not_after_now(snapshot);
        if (oldest_believable <= bounds.lower) {
            if (has_row(session, leaf->leaf.name, condition))
                return NewestRow{bounds.lower, leaf->leaf.name};
        } else if (const auto key = newest_key(session, snapshot, leaf->leaf.name, condition)) {
            return NewestRow{*key, leaf->leaf.name};
        }
    }
    return std::nullopt;
}

std::optional<NewestRow> newest_after_now(db::Session& session, const Snapshot& snapshot) {
    for (auto leaf = snapshot.leaves.rbegin(); leaf != snapshot.leaves.rend(); ++leaf)
        if (ddl::Bound::at(snapshot.now) < leaf->leaf.bounds.upper && !leaf->info.is_detach_pending)
            if (const auto key = newest_key(session, snapshot, leaf->leaf.name, {}))
                return NewestRow{*key, leaf->leaf.name};
    return std::nullopt;
}

std::optional<NewestRow> newest_by_rows(db::Session& session, const Snapshot& snapshot,
                                        const ddl::Bound& oldest_believable) {
    std::optional<NewestRow> newest = newest_until_now(session, snapshot, oldest_believable);
    if ((!newest || newest->key < oldest_believable) && snapshot.default_partition) {
        const QualifiedName& name = snapshot.default_partition->name;
        const auto key = newest_key(session, snapshot, name, not_after_now(snapshot));
        if (key && (!newest || newest->key < *key))
            newest = NewestRow{*key, name};
    }
    return newest ? newest : newest_after_now(session, snapshot);
}

/// The newest partition whose file is not empty.
std::optional<NewestRow> newest_by_size(db::Session& session, const Snapshot& snapshot) {
    std::vector<db::PartitionInfo> infos;
    for (const LeafSnapshot& leaf : snapshot.leaves)
        infos.push_back(leaf.info);
    const auto sizes = db::read_partition_sizes(session, infos);
    const ddl::Bound now = ddl::Bound::at(snapshot.now);
    const auto is_filled = [&](const LeafSnapshot& leaf) {
        return leaf.leaf.bounds.lower <= now && !leaf.info.is_detach_pending &&
               std::any_of(sizes.begin(), sizes.end(),
                           [&](const db::PartitionSize& size) { return size.oid == leaf.info.oid && size.pages > 0; });
    };
    const auto newest = std::find_if(snapshot.leaves.rbegin(), snapshot.leaves.rend(), is_filled);
    if (newest == snapshot.leaves.rend())
        return std::nullopt;
    return NewestRow{std::min(newest->leaf.bounds.upper, now), newest->leaf.name};
}

}  // namespace

std::optional<NewestRow> find_newest_row(db::Session& session, const Snapshot& snapshot,
                                         const ddl::Bound& oldest_believable) {
    try {
        return newest_by_rows(session, snapshot, oldest_believable);
    } catch (const Error& error) {
        if (error.sqlstate() != "42501")
            throw;
        return newest_by_size(session, snapshot);
    }
}

std::optional<ddl::Leaf> find_filled_below(db::Session& session, const Snapshot& snapshot) {
    if (!snapshot.coverage.newest)
        return std::nullopt;
    for (auto leaf = snapshot.leaves.rbegin(); leaf != snapshot.leaves.rend(); ++leaf)
        if (leaf->leaf.bounds.upper <= *snapshot.coverage.newest && !leaf->info.is_detach_pending &&
            has_row(session, leaf->leaf.name, {}))
            return leaf->leaf;
    return std::nullopt;
}

}  // namespace tripmig::partition
