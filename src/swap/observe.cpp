#include "swap/observe.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "db/table_catalog.hpp"
#include "ddl/registry.hpp"
#include "move/capture.hpp"
#include "sql/identifier.hpp"
#include "swap/composite.hpp"
#include "swap/cut.hpp"
#include "swap/matviews.hpp"
#include "swap/own_triggers.hpp"
#include "swap/statements.hpp"
#include "swap/succession_of.hpp"

namespace tripmig::swap {

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

void look_at_wider(const db::TableInfo& table, const SwapState& state, Observation& seen) {
    if (state.was_empty || state.is_copy() || state.is_cut())
        return;
    std::vector<std::string> wanted;
    const std::vector<db::IndexInfo> narrow =
        state.is_unique_per_leaf() ? std::vector<db::IndexInfo>() : narrow_indexes(table, state.key);
    for (const db::IndexInfo& index : narrow) {
        wanted.push_back(SwapState::wider_index(index.name.name));
        if (seen.missing_unique.empty() && index_state(table, wanted.back()) == Build::missing)
            seen.missing_unique = index.name.name;
    }
    for (const db::IndexInfo& index : table.indexes) {
        const std::string& name = index.name.name;
        const bool is_wanted = index.is_valid && std::find(wanted.begin(), wanted.end(), name) != wanted.end();
        if (is_wider_index(name) && !is_wanted)
            seen.broken_unique = name;
    }
}

/// The first incoming key of `composite` whose column, triggers and second foreign key are not all there and validated.
void look_at_composite_keys(db::Session& session, const db::TableInfo& table, const SwapState& state,
                            Observation& seen) {
    if (state.was_empty || state.is_cut())
        return;
    const std::vector<ddl::CompositeKey> keys = composite_keys(table, state);
    for (seen.composite = 0; seen.composite < keys.size(); ++seen.composite) {
        const ddl::CompositeKey& key = keys[seen.composite];
        if (key.column.empty())
            continue;
        seen.composite_key = Build::missing;
        for (const db::IncomingKey& each : table.incoming)
            if (each.is_called(key.key.table, key.interim_name()) &&
                db::flag_of(session
                                .read(std::string(statements::has_triggers),
                                      {sql::quoted(key.key.table), key.fill_trigger(), key.settle_trigger()})
                                .at(0)
                                .at(0)))
                seen.composite_key = each.is_valid ? Build::valid : Build::invalid;
        if (seen.composite_key != Build::valid)
            return;
    }
}

/// Whether keys may reach the cut before the cut-over is done: by the clock, or by the newest number.
bool is_late(Server& server, const db::TableInfo& table, const SwapState& state) {
    if (state.was_empty || state.is_copy() || state.is_cut())
        return false;
    const ddl::KeyType type = key_type_of(state);
    const ddl::Bound cut = parse_cut(type, state.cut);
    if (!ddl::is_number(type))
        return server.session().now() >=
               cut_deadline(cut, config::parse_partition_interval(state.interval), server.config().swap.margin);
    const db::ColumnInfo* column = table.column(state.key);
    if (state.stage < Stage::ready || column == nullptr)
        return false;
    const auto newest = server.key_reader().newest(table, *column);
    return newest && *newest >= latest_number(cut, config::parse_partition_interval(state.interval));
}

}  // namespace

Facts read_facts(db::Session& session, const QualifiedName& table) {
    Facts facts;
    facts.now = session.now();
    facts.server_version = session.server_version();
    facts.table = db::read_table(session, table);
    if (!facts.table)
        return facts;
    for (const db::Row& row : session.read(std::string(statements::names_taken), {table.schema}))
        facts.taken.insert(db::text_of(row.at(0)));
    return facts;
}

Facts read_facts(Server& server, const QualifiedName& table, const std::string& key,
                 const std::optional<config::PartitionInterval>& interval) {
    Facts facts = read_facts(server.session(), table);
    if (!facts.table)
        return facts;
    std::vector<std::optional<std::string>> signatures;
    for (const QualifiedName& function : ddl::registry_of(*facts.table, key).functions())
        signatures.emplace_back(sql::quoted(function) + "()");
    for (const db::Row& row : server.session().read(std::string(statements::leftover_functions), signatures))
        facts.leftovers.push_back({db::text_of(row.at(0)), db::flag_of(row.at(1))});
    const db::ColumnInfo* column = facts.table->column(key);
    const bool sees_all_rows = !facts.table->force_row_security || facts.table->bypasses_row_security;
    if (column != nullptr && facts.table->kind == 'r' && sees_all_rows && facts.table->can_alter)
        facts.key = server.key_reader().read(*facts.table, *column, interval);
    return facts;
}

void read_beside(db::Session& session, Facts& facts, const config::PartitionPolicy& policy) {
    if (!facts.table)
        return;
    for (const BoundView& view : bound_matviews(*facts.table))
        if (std::optional<ddl::Matview> matview = read_matview(session, view))
            facts.matviews.push_back(std::move(*matview));
    read_children(session, facts, policy);
}

bool must_reload(db::Session& session, const db::TableInfo& table, const SwapState& state,
                 const std::string& state_schema) {
    if ((!state.has_registry && !state.is_copy()) || state.was_empty || state.stage < Stage::capturing ||
        state.is_cut())
        return false;
    if (state.stage == Stage::capturing && state.filenode != 0 && state.filenode != table.filenode)
        return true;
    const move::Capture capture = move::capture_for(table.name, {}, state_schema, state.job);
    return db::flag_of(
        session.read(fmt::format("SELECT EXISTS (SELECT FROM {} WHERE truncated)", sql::quoted(capture.log)))
            .at(0)
            .at(0));
}

Observation observe(Server& server, const db::TableInfo& table, const SwapState& state) {
    Observation seen;
    if (const db::ColumnInfo* column = table.column(state.key))
        seen.key_is_nullable = !column->not_null;
    seen.needs_index = !state.primary_key.empty() && std::find(state.primary_key.begin(), state.primary_key.end(),
                                                               state.key) == state.primary_key.end();
    seen.index = index_state(table, state.leaf_index());
    look_at_wider(table, state, seen);
    look_at_composite_keys(server.session(), table, state, seen);
    seen.null_check = check_state(table, state.null_check());
    seen.bound_check = check_state(table, state.bound_check());
    seen.must_reload = must_reload(server.session(), table, state, server.state_schema());
    if (!state.is_cut()) {
        db::OwnTriggerChanges own = read_own_changes(server.session(), state, server.state_schema());
        seen.altered = std::move(own.changes);
        seen.is_unrecorded = !own.is_recorded;
    }
    seen.is_late = is_late(server, table, state);
    return seen;
}

}  // namespace tripmig::swap
