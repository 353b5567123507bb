#include "job/transfer.hpp"

#include <algorithm>

#include "ddl/replacement/staged.hpp"

namespace tripmig::job {

namespace {

bool tells_rows_apart(const db::TableInfo& table, const db::IndexInfo& index) {
    return index.is_unique && index.is_valid && !index.is_partial &&
           std::all_of(index.columns.begin(), index.columns.end(), [&](const std::string& name) {
               const db::ColumnInfo* column = table.column(name);  // none: an expression
               return column != nullptr && column->not_null;
           });
}

backfill::RowKey row_key(const db::TableInfo& table, const State& state) {
    return goes_by_hash(state) ? backfill::RowKey{{}, backfill::hashable_columns(table)}
                               : backfill::RowKey{row_keys(table), {}};
}

std::vector<backfill::Capture::Key> typed(const db::TableInfo& table, const std::vector<std::string>& names) {
    std::vector<backfill::Capture::Key> keys;
    for (const std::string& name : names)
        if (const db::ColumnInfo* column = table.column(name))
            keys.push_back({name, column->type});
    return keys;
}

backfill::Capture capture_of(const db::TableInfo& table, const backfill::RowKey& key, const State& state,
                             const std::string& state_schema) {
    backfill::Capture capture =
        key.is_hash() ? backfill::capture_by_hash(table.name, key.hashed, state_schema, state.job)
                      : backfill::capture_for(table.name, typed(table, key.columns), state_schema, state.job);
    capture.source_oid = table.oid;
    for (const SourcePartition& source : state.partition().more)
        capture.more.push_back({source.name, source.oid});
    capture.owner = table.owner;
    capture.creator = table.current_role;
    return capture;
}

backfill::Projection registry_projection(const ddl::Registry& registry) {
    backfill::Projection projection;
    projection.source = registry.parent;
    projection.target = registry.table;
    projection.key.columns = registry.id_names();
    projection.columns = projection.key.columns;
    projection.columns.push_back(registry.key.name);
    return projection;
}

}  // namespace

std::vector<std::string> row_keys(const db::TableInfo& table) {
    if (const db::IndexInfo* primary = table.primary_key())
        return primary->columns;
    for (const db::IndexInfo& index : table.indexes)
        if (tells_rows_apart(table, index))
            return index.columns;
    return {};
}

bool goes_by_hash(const State& state) {
    return state.is<PartitionJob>() && state.primary_key.empty();
}

std::vector<std::string> copied_columns(const db::TableInfo& table) {
    std::vector<std::string> names;
    for (const db::ColumnInfo& column : table.columns)
        if (column.generated == '\0')
            names.push_back(column.name);
    return names;
}

backfill::Transfer build_transfer(const ddl::Replacement& replacement, const State& state,
                                  const std::string& state_schema) {
    const db::TableInfo& table = replacement.table;
    std::vector<backfill::Projection> projections;
    backfill::RowKey key;
    if (state.copies()) {
        key = row_key(table, state);
        for (const QualifiedName& source : state.sources())
            projections.push_back({source, ddl::staged_name(table.name), copied_columns(table), key, false});
    }
    if (replacement.registry) {
        projections.push_back(registry_projection(*replacement.registry));
        key = projections.back().key;
    }
    return backfill::transfer_for(capture_of(table, key, state, state_schema), std::move(projections), state.job);
}

backfill::Transfer transfer_back(const db::TableInfo& table, const State& state, const std::string& state_schema) {
    // The old table's key: it is no longer in the new one's when that was widened.
    backfill::RowKey key{state.primary_key.empty() ? state.copy().row_key : state.primary_key, {}};
    if (key.columns.empty())
        key.columns = row_keys(table);  // the job of an older version
    backfill::Projection projection{table.name, {table.name.schema, state.old_name}, copied_columns(table), key, true};
    return backfill::transfer_for(capture_of(table, key, state, state_schema), {projection}, state.job);
}

}  // namespace tripmig::job
