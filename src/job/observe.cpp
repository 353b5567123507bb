#include "job/observe.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "backfill/capture.hpp"
#include "job/boundary.hpp"
#include "job/replacement.hpp"
#include "job/source/source_table.hpp"
#include "job/statements.hpp"
#include "job/triggers/own_triggers.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

namespace {

using Build = Observation::Build;

Build check_state(const db::TableInfo& table, const std::string& name) {
    for (const db::ConstraintInfo& constraint : table.constraints)
        if (constraint.name == name)
            return constraint.is_valid ? Build::valid : Build::invalid;
    return Build::missing;
}

Build index_state(const db::TableInfo& table, const std::string& name) {
    for (const db::IndexInfo& index : table.indexes)
        if (index.name.name == name)
            return index.is_valid ? Build::valid : Build::invalid;
    return Build::missing;
}

void observe_unique_with_key(const db::TableInfo& table, const State& state, Observation& seen) {
    if (!state.is<AttachJob>() || state.is_cut_over())
        return;
    std::vector<std::string> wanted;
    const std::vector<db::IndexInfo> narrow =
        state.is_unique_per_leaf() ? std::vector<db::IndexInfo>() : indexes_without_key(table, state.key);
    for (const db::IndexInfo& index : narrow) {
        wanted.push_back(State::index_with_key(index.name.name));
        if (index_state(table, wanted.back()) == Build::missing)
            seen.missing_unique.push_back(index.name.name);
    }
    for (const db::IndexInfo& index : table.indexes) {
        const std::string& name = index.name.name;
        const bool is_wanted = index.is_valid && std::find(wanted.begin(), wanted.end(), name) != wanted.end();
        if (is_index_with_key(name) && !is_wanted)
            seen.broken_unique = name;
    }
}

/// The first incoming key of `composite` whose column, triggers and second foreign key are not all there and validated.
void observe_composite_keys(db::Session& session, const db::TableInfo& table, const State& state, Observation& seen) {
    if (state.is<EmptyJob>() || state.is_cut_over())
        return;
    const std::vector<ddl::CompositeKey> keys = composite_keys(table, state);
    for (seen.composite = 0; seen.composite < keys.size(); ++seen.composite) {
        const ddl::CompositeKey& key = keys[seen.composite];
        if (key.column.empty())
            continue;
        seen.composite_key = Build::missing;
        for (const db::IncomingKey& each : table.incoming)
            if (each.is_called(key.key.table, key.interim_name()) &&
                session.flag(std::string(statements::has_triggers),
                             {sql::quoted(key.key.table), key.fill_trigger(), key.settle_trigger()}))
                seen.composite_key = each.is_valid ? Build::valid : Build::invalid;
        if (seen.composite_key != Build::valid)
            return;
    }
}

/// Whether keys may reach the cut before the cut-over is done: by the clock, or by the newest number.
bool is_late(Session& server, const db::TableInfo& table, const State& state) {
    if (!state.is<AttachJob>() || state.is_cut_over())
        return false;
    const ddl::KeyType type = key_type_of(state);
    const ddl::Bound cut = parse_boundary(type, state.boundary());
    if (!ddl::is_number(type))
        return server.session().now() >=
               boundary_deadline(cut, config::parse_partition_interval(state.interval), server.config().swap.margin);
    const db::ColumnInfo* column = table.column(state.key);
    if (state.stage < Stage::ready || column == nullptr)
        return false;
    const auto newest = server.key_reader().newest(table, *column);
    return newest && *newest >= latest_number(cut, config::parse_partition_interval(state.interval));
}

}  // namespace

bool must_reload(db::Session& session, const db::TableInfo& table, const State& state,
                 const std::string& state_schema) {
    if (!state.captures() || state.stage < Stage::capturing || state.is_cut_over())
        return false;
    if (state.stage == Stage::capturing && state.load().filenode != 0) {
        if (state.load().filenode != table.filenode)
            return true;
        for (const SourcePartition& source : state.partition().more)
            if (source.filenode != read_file(session, source.name).filenode)
                return true;
    }
    const backfill::Capture capture = backfill::capture_for(table.name, {}, state_schema, state.job);
    return session.flag(fmt::format("SELECT EXISTS (SELECT FROM {} WHERE truncated)", sql::quoted(capture.log)));
}

Observation observe_table(const db::TableInfo& table, const State& state) {
    Observation seen;
    if (const db::ColumnInfo* column = table.column(state.key); column != nullptr && !state.is<PartitionJob>())
        seen.key_is_nullable = !column->not_null;
    seen.needs_index = !state.primary_key.empty() && std::find(state.primary_key.begin(), state.primary_key.end(),
                                                               state.key) == state.primary_key.end();
    seen.index = index_state(table, state.leaf_index());
    observe_unique_with_key(table, state, seen);
    seen.null_check = check_state(table, state.null_check());
    seen.range_check = check_state(table, state.range_check());
    return seen;
}

Observation observe(Session& server, const db::TableInfo& table, const State& state) {
    Observation seen = observe_table(table, state);
    observe_composite_keys(server.session(), table, state, seen);
    seen.must_reload = must_reload(server.session(), table, state, server.state_schema());
    if (!state.is_cut_over()) {
        db::OwnTriggerChanges own = read_own_changes(server.session(), state, server.state_schema());
        seen.altered = std::move(own.changes);
        seen.is_unrecorded = !own.is_recorded;
    }
    seen.is_late = is_late(server, table, state);
    return seen;
}

}  // namespace tripmig::job
