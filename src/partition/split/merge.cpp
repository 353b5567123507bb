#include "partition/split/merge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "db/catalog/partition_catalog.hpp"
#include "db/catalog/table_catalog.hpp"
#include "db/state/altering_jobs.hpp"
#include "db/state/job_store.hpp"
#include "ddl/index_definition.hpp"
#include "ddl/leaf_index.hpp"
#include "job/copy/bounds.hpp"
#include "job/replacement.hpp"
#include "job/source/fingerprint.hpp"
#include "job/source/source_table.hpp"
#include "job/state/journal.hpp"
#include "job/transfer.hpp"
#include "partition/split/checks.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace {

/// A source and what the catalog says of it.
struct Found {
    db::PartitionInfo partition;
    ddl::Bounds bounds;
};

Error no_merge(const std::string& why, std::string hint) {
    return {ExitCode::refused, "these partitions cannot be merged: " + why, std::move(hint)};
}

job::LeafOf common_parent(job::Session& server, const MergeRequest& request) {
    std::optional<job::LeafOf> place;
    for (const QualifiedName& name : request.sources) {
        const auto own = job::find_parent(server.session(), name);
        if (!own)
            throw no_merge(fmt::format("{} is not a partition of a partitioned table", sql::quoted(name)),
                           "check the name");
        if (place && !(place->parent == own->parent))
            throw no_merge(fmt::format("{} belongs to {}, and {} to {}", sql::quoted(request.sources.front()),
                                       sql::quoted(place->parent), sql::quoted(name), sql::quoted(own->parent)),
                           "merge partitions of one table");
        if (!place)
            place = own;
    }
    return place.value();
}

/// In the order of their bounds.
std::vector<Found> find_sources(job::Session& server, const MergeRequest& request, const job::LeafOf& place,
                                ddl::KeyType type) {
    std::vector<Found> sources;
    const auto partitioning = db::read_partitioning(server.session(), place.parent);
    for (const db::PartitionInfo& partition : partitioning.value().partitions) {
        if (std::find(request.sources.begin(), request.sources.end(), partition.name) == request.sources.end())
            continue;
        const auto bounds = ddl::parse_bounds(type, partition.bound);
        if (!bounds)
            throw no_merge(fmt::format("{} is {}, which has no bounds", sql::quoted(partition.name), partition.bound),
                           "a DEFAULT partition is split or drained");
        sources.push_back({partition, *bounds});
    }
    std::sort(sources.begin(), sources.end(),
              [](const Found& left, const Found& right) { return left.bounds.lower < right.bounds.lower; });
    if (sources.size() < 2)
        throw no_merge("a merge needs at least two of them",
                       "name neighbours: tripmig partition merge A B --into NAME");
    return sources;
}

void check_neighbours(const std::vector<Found>& sources, ddl::KeyType type, job::Report& report) {
    for (std::size_t i = 1; i < sources.size(); ++i) {
        const ddl::Bounds& left = sources[i - 1].bounds;
        const ddl::Bounds& right = sources[i].bounds;
        if (!(left.upper == right.lower))
            report.refuse(sql::quoted(sources[i].partition.name),
                          fmt::format("it does not begin where {} ends: {} is between them",
                                      sql::quoted(sources[i - 1].partition.name),
                                      ddl::describe(type, ddl::Bounds{left.upper, right.lower})),
                          "name all partitions between the first and the last one; a gap needs a partition first");
    }
}

/// Not on expressions, which building the index alone can judge.
bool is_on_columns(const db::TableInfo& table, const db::IndexInfo& index) {
    return !index.columns.empty() &&
           std::all_of(index.columns.begin(), index.columns.end(),
                       [&](const std::string& name) { return table.column(name) != nullptr; });
}

/// A unique index that lacks the partition key is unique within each partition alone; the new one holds all rows.
void check_unique_across(job::Session& server, const job::State& state, job::Report& report) {
    std::set<std::string> seen;
    for (const QualifiedName& name : state.sources()) {
        const db::TableInfo table = job::require_table(server, name);
        for (const db::LeafIndex& own : ddl::leaf_indexes_of(table, state.key)) {
            if (own.index.is_partial || !is_on_columns(table, own.index) || !seen.insert(own.index.tail).second)
                continue;
            const std::string columns = ddl::column_list(own.index.columns);
            std::string rows;
            std::string not_null;
            for (const std::string& column : own.index.columns)
                not_null += fmt::format("{}{} IS NOT NULL", not_null.empty() ? "" : " AND ", sql::quote_ident(column));
            for (const QualifiedName& each : state.sources())
                rows += fmt::format("{}SELECT {} FROM ONLY {} WHERE {}", rows.empty() ? "" : " UNION ALL ", columns,
                                    sql::quoted(each), not_null);
            if (server.session().flag(fmt::format(
                    "SELECT EXISTS (SELECT FROM ({}) AS r GROUP BY {} HAVING pg_catalog.count(*) > 1)", rows, columns)))
                report.refuse(sql::quoted(name),
                              fmt::format("its unique index {} is on ({}), and other partitions of the merge have rows "
                                          "with the same values",
                                          sql::quote_ident(own.index.name.name), columns),
                              "change these rows, or drop the index of each partition");
        }
    }
}

/// The partitions by which a merge of these may be known: themselves, and the first one of a merge that is under way.
std::vector<QualifiedName> possible_firsts(job::Session& server, const MergeRequest& request) {
    std::vector<QualifiedName> names = request.sources;
    std::set<std::uint32_t> oids;
    for (const QualifiedName& name : request.sources)
        if (const auto oid =
                server.session()
                    .read("SELECT pg_catalog.to_regclass($1)::pg_catalog.oid::pg_catalog.text", {sql::quoted(name)})
                    .optional_text())
            oids.insert(static_cast<std::uint32_t>(std::stoul(*oid)));
    for (const db::AlteringJob& job : db::read_altering_jobs(server.session(), server.state_schema()))
        if (job.kind == "merge" &&
            std::any_of(job.tables.begin(), job.tables.end(), [&](std::uint32_t oid) { return oids.count(oid) != 0; }))
            names.push_back(job.table);
    return names;
}

job::State described_merge(const MergeRequest& request, const job::LeafOf& place, const db::TableInfo& parent) {
    job::State state;
    job::PartitionJob merge;
    merge.verb = job::PartitionVerb::merge;
    merge.parent = place.parent;
    merge.into = {place.parent.schema, request.into};
    state.kind = std::move(merge);
    state.key = place.key;
    state.key_type = job::key_type_name(*parent.column(place.key));
    state.interval = "1 month";                          // of no use: there is one new partition
    state.unique_indexes = config::UniqueIndexes::leaf;  // those of the partitions themselves
    return state;
}

}  // namespace

PartitionPlan plan_merge(job::Session& server, const MergeRequest& request) {
    const job::LeafOf place = common_parent(server, request);
    const db::TableInfo parent = job::require_table(server, place.parent);
    PartitionPlan plan;
    job::Report report(plan.findings);
    plan.state = described_merge(request, place, parent);
    job::State& state = plan.state;
    const ddl::KeyType type = job::key_type_of(state);
    const std::vector<Found> sources = find_sources(server, request, place, type);
    state.table = sources.front().partition.name;
    state.edit_partition().bound = sources.front().partition.bound;
    for (std::size_t i = 1; i < sources.size(); ++i)
        state.edit_partition().more.push_back(
            {sources[i].partition.name, sources[i].partition.bound, sources[i].partition.oid, 0, 0});
    check_neighbours(sources, type, report);
    check_sources(server, parent, state, report);
    if (!plan.is_refused())
        check_unique_across(server, state, report);
    const QualifiedName& into = state.partition().into;
    if (!db::taken_names(server.session(), into.schema, {into.name}).empty())
        report.refuse(sql::quoted(state.table), fmt::format("a relation {} exists already", sql::quoted(into)),
                      "choose another name for --into");
    const db::TableInfo table = job::source_of(server, state);
    if (!plan.is_refused())
        choose_row_key(server, parent, state, report);
    state.edit_copy().row_key = state.primary_key;
    state.fingerprint = job::fingerprint_of(table, state);
    plan.targets = {{into, job::merged_bounds(state)}};
    for (const Found& source : sources)
        plan.sources.push_back(
            {source.partition.name, source.partition.bound, job::require_table(server, source.partition.name).bytes});
    return plan;
}

std::optional<job::State> find_merge(job::Session& server, const MergeRequest& request) {
    for (const QualifiedName& name : possible_firsts(server, request)) {
        const auto job = db::find_last_job(server.session(), server.state_schema(), name);
        if (!job)
            continue;
        job::State state = job::from_job(*job);
        const bool is_over = job->is_finished && state.stage != job::Stage::finished;
        if (!state.does(job::PartitionVerb::merge) || is_over)
            continue;
        if (job->is_finished && job::find_parent(server.session(), name))
            continue;  // a partition again: another merge may begin
        const std::vector<QualifiedName> all = state.sources();
        const bool names_others = std::any_of(
            request.sources.begin(), request.sources.end(),
            [&](const QualifiedName& each) { return std::find(all.begin(), all.end(), each) == all.end(); });
        const bool has_other_target = !request.into.empty() && request.into != state.partition().into.name;
        if (!names_others && !has_other_target)
            return state;
        if (!job->is_finished)
            throw Error(ExitCode::refused,
                        fmt::format("{} is in a merge already: of {} into {}", sql::quoted(name), sql::quoted_list(all),
                                    sql::quoted(state.partition().into)),
                        fmt::format("`tripmig {0} {1}` resumes it, `tripmig swap abort {1}` gives it up",
                                    state.command(), sql::quoted(state.table)));
    }
    return std::nullopt;
}

QualifiedName first_source(job::Session& server, const MergeRequest& request) {
    const job::LeafOf place = common_parent(server, request);
    const db::TableInfo parent = job::require_table(server, place.parent);
    const ddl::KeyType type = job::key_type_of(described_merge(request, place, parent));
    return find_sources(server, request, place, type).front().partition.name;
}

}  // namespace tripmig::partition
