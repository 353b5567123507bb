#include "job/replacement.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "backfill/capture.hpp"
#include "base/error.hpp"
#include "ddl/index_definition.hpp"
#include "ddl/registry/registry.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

namespace {

template <typename Item, typename Predicate>
void erase_if(std::vector<Item>& items, Predicate predicate) {
    items.erase(std::remove_if(items.begin(), items.end(), predicate), items.end());
}

/// The partition key is the last column of the new primary key.
bool key_is_missing(const State& state) {
    return !state.primary_key.empty() &&
           std::find(state.primary_key.begin(), state.primary_key.end(), state.key) == state.primary_key.end();
}

ddl::CompositeKey composite_key(const db::TableInfo& table, const State& state, const CompositePart& part,
                                const db::IncomingKey& key) {
    ddl::CompositeKey composite;
    composite.key = key;
    composite.column = part.column;
    composite.adds_column = part.adds_column;
    composite.parent = state.table;
    composite.partition_key = state.key;
    if (const db::ColumnInfo* column = table.column(state.key))
        composite.type = column->type;
    composite.owner = table.owner;
    composite.creator = table.current_role;
    return composite;
}

}  // namespace

std::string key_type_name(const db::ColumnInfo& column) {
    std::string type = column.type;
    const std::size_t open = type.find('(');
    const std::size_t close = type.find(')', open);
    if (open != std::string::npos && close != std::string::npos)
        type.erase(open, close - open + 1);
    return type;
}

ddl::KeyType key_type_of(const State& state) {
    if (const auto type = ddl::key_type(state.key_type))
        return *type;
    throw Error(ExitCode::refused, fmt::format("keys of type {} are not supported in this version", state.key_type),
                "use date, timestamp, timestamptz, smallint, integer, bigint or uuid (version 7)");
}

db::TableInfo without_own(db::TableInfo table, const State& state) {
    const backfill::Capture own = backfill::capture_for(table.name, {}, {}, state.job);
    erase_if(table.indexes, [&](const db::IndexInfo& each) {
        return each.name.name == state.leaf_index() || is_index_with_key(each.name.name) ||
               backfill::is_row_hash_index(each.name.name);
    });
    erase_if(table.incoming, [](const db::IncomingKey& each) {
        constexpr std::string_view own_key = ddl::CompositeKey::interim_prefix;
        return each.name.compare(0, own_key.size(), own_key) == 0;
    });
    erase_if(table.constraints, [&](const db::ConstraintInfo& each) {
        return each.name == state.range_check() || each.name == state.null_check();
    });
    erase_if(table.triggers, [&](const db::TriggerInfo& each) { return own.is_own_trigger(each.name); });
    return table;
}

bool is_index_with_key(std::string_view name) {
    return name.substr(0, State::with_key_prefix.size()) == State::with_key_prefix;
}

std::vector<db::IndexInfo> indexes_without_key(const db::TableInfo& table, const std::string& key) {
    std::vector<db::IndexInfo> indexes;
    for (const db::IndexInfo& index : table.indexes)
        if (!index.is_primary && ddl::lacks_key(index, key))
            indexes.push_back(index);
    return indexes;
}

std::vector<UniqueWithoutKey> unique_without_key(const ddl::Replacement& replacement) {
    std::vector<UniqueWithoutKey> indexes;
    for (const db::IndexInfo& index : indexes_without_key(replacement.table, replacement.key))
        indexes.push_back({index.name.name, index.tail, index.is_constraint});
    return indexes;
}

std::vector<ddl::CompositeKey> composite_keys(const db::TableInfo& table, const State& state) {
    std::vector<ddl::CompositeKey> keys;
    for (const CompositePart& part : state.swap().composite)
        for (const db::IncomingKey& key : state.swap().dropped)
            if (key.is_called(part.table, part.name))
                keys.push_back(composite_key(table, state, part, key));
    return keys;
}

ddl::Replacement build_replacement(const db::TableInfo& table, const State& state) {
    ddl::Replacement replacement;
    replacement.table = without_own(table, state);
    replacement.key = state.key;
    replacement.leaf = {table.name.schema, state.old_name};
    replacement.keeps_old = !state.is<EmptyJob>();
    if (key_is_missing(state) && state.is<AttachJob>())
        replacement.leaf_index = state.leaf_index();
    replacement.unique_per_leaf = state.is_unique_per_leaf();
    if (state.is<AttachJob>() && !replacement.unique_per_leaf)
        for (const db::IndexInfo& index : indexes_without_key(replacement.table, state.key))
            replacement.unique_with_key.emplace(index.name.name, State::index_with_key(index.name.name));
    for (const db::ConstraintInfo& constraint : table.constraints)
        if (constraint.name == state.range_check() || constraint.name == state.null_check())
            replacement.dropped_checks.push_back(constraint.name);
    replacement.composite = composite_keys(replacement.table, state);
    if (state.swap().has_registry) {
        replacement.registry = ddl::registry_of(replacement.table, state.key);
        replacement.registry->replaces_functions = state.swap().replaces_functions;
    }
    return replacement;
}

ddl::ParentFacts facts_for_leaves(const ddl::Replacement& replacement) {
    ddl::ParentFacts facts = ddl::parent_facts(replacement.table, replacement.key);
    facts.leaf_indexes = ddl::per_leaf_indexes(replacement);
    if (replacement.registry)
        facts.truncate_triggers.push_back({replacement.registry->truncate_trigger(), "AFTER",
                                           fmt::format("FOR EACH STATEMENT EXECUTE FUNCTION {}()",
                                                       sql::quoted(replacement.registry->truncate_function())),
                                           'A'});
    return facts;
}

}  // namespace tripmig::job
