#include "swap/observe.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "db/table_catalog.hpp"
#include "move/capture.hpp"
#include "sql/identifier.hpp"
#include "swap/cut.hpp"
#include "swap/statements.hpp"
#include "swap/succession_of.hpp"

namespace tripmig::swap {

namespace {

using Build = Observation::Build;

KeyFacts read_key_facts(db::Session& session, const db::TableInfo& table, const db::ColumnInfo& column) {
    const std::string name = sql::quoted(table.name);
    const std::string key = sql::quote_ident(column.name);
    // ORDER BY ... LIMIT 1, not max(): uuid has none.
    const db::Rows rows = session.read(fmt::format(
        "SELECT EXISTS (SELECT FROM ONLY {0}), (SELECT {1}::pg_catalog.text FROM ONLY {0} WHERE {1} IS NOT NULL ORDER "
        "BY {1} DESC LIMIT 1), {2}, "
        "(SELECT {1}::pg_catalog.text FROM ONLY {0} WHERE {1} IS NOT NULL ORDER BY {1} LIMIT 1)",
        name, key,
        column.not_null ? "0" : fmt::format("(SELECT pg_catalog.count(*) FROM ONLY {} WHERE {} IS NULL)", name, key)));
    KeyFacts facts;
    facts.is_empty = !db::flag_of(rows.at(0).at(0));
    facts.nulls = db::number_of(rows.at(0).at(2));
    const auto type = ddl::key_type(key_type_name(column));
    if (type && rows.at(0).at(1))
        facts.newest = ddl::parse_bound(*type, *rows.at(0).at(1));
    if (type && rows.at(0).at(3))
        facts.oldest = ddl::parse_bound(*type, *rows.at(0).at(3));
    return facts;
}

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

}  // namespace

Facts read_facts(db::Session& session, const QualifiedName& table, const std::string& key) {
    Facts facts;
    facts.now = session.now();
    facts.table = db::read_table(session, table);
    if (!facts.table)
        return facts;
    for (const db::Row& row : session.read(std::string(statement::names_taken), {table.schema}))
        facts.taken.insert(db::text_of(row.at(0)));
    const db::ColumnInfo* column = facts.table->column(key);
    const bool sees_all_rows = !facts.table->force_row_security || facts.table->bypasses_row_security;
    if (column != nullptr && facts.table->kind == 'r' && sees_all_rows && facts.table->can_alter)
        facts.key = read_key_facts(session, *facts.table, *column);
    return facts;
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

Observation observe(db::Session& session, const db::TableInfo& table, const SwapState& state,
                    const std::string& state_schema) {
    Observation seen;
    if (const db::ColumnInfo* column = table.column(state.key))
        seen.key_is_nullable = !column->not_null;
    seen.needs_index = !state.primary_key.empty() && std::find(state.primary_key.begin(), state.primary_key.end(),
                                                               state.key) == state.primary_key.end();
    seen.index = index_state(table, state.leaf_index());
    seen.null_check = check_state(table, state.null_check());
    seen.bound_check = check_state(table, state.bound_check());
    seen.must_reload = must_reload(session, table, state, state_schema);
    if (!state.was_empty && !state.is_copy())
        seen.is_late = session.now() >= cut_deadline(parse_cut(key_type_of(state), state.cut));
    return seen;
}

}  // namespace tripmig::swap
