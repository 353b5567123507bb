#include "swap/succession_of.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "ddl/index_definition.hpp"
#include "ddl/registry.hpp"
#include "move/capture.hpp"
#include "sql/identifier.hpp"
#include "swap/composite.hpp"

namespace tripmig::swap {

namespace {

template <typename Item, typename Predicate>
void erase_if(std::vector<Item>& items, Predicate predicate) {
    items.erase(std::remove_if(items.begin(), items.end(), predicate), items.end());
}

/// The partition key is the last column of the new primary key.
bool key_is_missing(const SwapState& state) {
    return !state.primary_key.empty() &&
           std::find(state.primary_key.begin(), state.primary_key.end(), state.key) == state.primary_key.end();
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

ddl::KeyType key_type_of(const SwapState& state) {
    if (const auto type = ddl::key_type(state.key_type))
        return *type;
    throw Error(ExitCode::refused, fmt::format("keys of type {} cannot be cut by this version", state.key_type),
                "use date, timestamp, timestamptz, smallint, integer, bigint or uuid (version 7)");
}

db::TableInfo without_own(db::TableInfo table, const SwapState& state) {
    const move::Capture own = move::capture_for(table.name, {}, {}, state.job);
    erase_if(table.indexes, [&](const db::IndexInfo& each) {
        return each.name.name == state.leaf_index() || is_wider_index(each.name.name);
    });
    erase_if(table.incoming, [](const db::IncomingKey& each) {
        constexpr std::string_view own_key = ddl::CompositeKey::interim_prefix;
        return each.name.compare(0, own_key.size(), own_key) == 0;
    });
    erase_if(table.constraints, [&](const db::ConstraintInfo& each) {
        return each.name == state.bound_check() || each.name == state.null_check();
    });
    erase_if(table.triggers, [&](const db::TriggerInfo& each) { return own.is_own_trigger(each.name); });
    return table;
}

bool is_wider_index(std::string_view name) {
    return name.substr(0, SwapState::wider_prefix.size()) == SwapState::wider_prefix;
}

std::vector<db::IndexInfo> narrow_indexes(const db::TableInfo& table, const std::string& key) {
    std::vector<db::IndexInfo> indexes;
    for (const db::IndexInfo& index : table.indexes)
        if (!index.is_primary && ddl::lacks_key(index, key))
            indexes.push_back(index);
    return indexes;
}

std::vector<NarrowIndex> narrow_of(const ddl::Succession& succession) {
    std::vector<NarrowIndex> indexes;
    for (const db::IndexInfo& index : narrow_indexes(succession.table, succession.key))
        indexes.push_back({index.name.name, index.tail, index.is_constraint});
    return indexes;
}

ddl::Succession succession_of(const db::TableInfo& table, const SwapState& state) {
    ddl::Succession succession;
    succession.table = without_own(table, state);
    succession.key = state.key;
    succession.leaf = {table.name.schema, state.leaf};
    succession.keeps_old = !state.was_empty;
    if (key_is_missing(state) && !state.was_empty && !state.is_copy())
        succession.leaf_index = state.leaf_index();
    succession.unique_per_leaf = state.is_unique_per_leaf();
    if (!state.was_empty && !state.is_copy() && !succession.unique_per_leaf)
        for (const db::IndexInfo& index : narrow_indexes(succession.table, state.key))
            succession.wider.emplace(index.name.name, SwapState::wider_index(index.name.name));
    for (const db::ConstraintInfo& constraint : table.constraints)
        if (constraint.name == state.bound_check() || constraint.name == state.null_check())
            succession.dropped_checks.push_back(constraint.name);
    succession.composite = composite_keys(succession.table, state);
    if (state.has_registry) {
        succession.registry = ddl::registry_of(succession.table, state.key);
        succession.registry->replaces_functions = state.replaces_functions;
    }
    return succession;
}

}  // namespace tripmig::swap
