#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lint/default.hpp"
#include "lint/effects/parts.hpp"
#include "lint/type_change.hpp"

namespace tripmig::lint::effects {

using sql::AlterAction;
using AlterKind = sql::AlterAction::Kind;
using Constraint = sql::ConstraintFacts::Kind;

namespace {

/// AlterTableGetLockLevel() of PostgreSQL 15 (manual, ALTER TABLE: each action's lock).
LockMode mode_of(const AlterAction& action) {
    switch (action.kind) {
        case AlterKind::set_statistics:
        case AlterKind::set_column_options:
        case AlterKind::cluster_on:
        case AlterKind::validate_constraint:
        case AlterKind::attach_partition:
            return LockMode::share_update_exclusive;
        case AlterKind::set_options: {
            const auto& options = action.options;
            const bool is_strong = std::find(options.begin(), options.end(), "user_catalog_table") != options.end();
            return is_strong ? LockMode::access_exclusive : LockMode::share_update_exclusive;
        }
        case AlterKind::switch_trigger:
            return LockMode::share_row_exclusive;
        case AlterKind::add_constraint:
            return action.constraint.kind == Constraint::foreign_key ? LockMode::share_row_exclusive
                                                                     : LockMode::access_exclusive;
        case AlterKind::detach_partition:
            return action.is_concurrent || action.is_finalize ? LockMode::share_update_exclusive
                                                              : LockMode::access_exclusive;
        default:
            return LockMode::access_exclusive;
    }
}

/// Whether it does the same to partitions and inheriting tables.
bool recurses(AlterKind kind) {
    constexpr std::array<AlterKind, 18> kinds{
        AlterKind::add_column,         AlterKind::drop_column,         AlterKind::set_type,
        AlterKind::set_default,        AlterKind::drop_default,        AlterKind::set_not_null,
        AlterKind::drop_not_null,      AlterKind::drop_expression,     AlterKind::set_statistics,
        AlterKind::set_column_options, AlterKind::set_storage,         AlterKind::add_constraint,
        AlterKind::alter_constraint,   AlterKind::validate_constraint, AlterKind::drop_constraint,
        AlterKind::switch_trigger,     AlterKind::rename_column,       AlterKind::rename_constraint};
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

const KnownConstraint* constraint_of(const Target& target, const std::string& name) {
    if (target.known == nullptr)
        return nullptr;
    const auto found = target.known->constraints.find(name);
    return found == target.known->constraints.end() ? nullptr : &found->second;
}

/// PRIMARY KEY USING INDEX makes the index's columns NOT NULL.
void use_index_as_key(const Target& target, const std::string& name) {
    const std::size_t dot = target.key.find('.');
    const KnownIndex* index =
        target.schema.index((dot == std::string::npos ? "" : target.key.substr(0, dot + 1)) + name);
    if (index == nullptr || target.known == nullptr)
        return target.effects.scan(target.key, "key columns that are not yet NOT NULL are checked", false);
    for (const std::string& column : index->columns)
        if (!is_proven_not_null(*target.known, column))
            target.effects.scan(target.key, fmt::format("{} is checked in every row", column));
}

/// What a constraint of a new column, or of the table, does beside the table's own lock.
void add_constraint(const Target& target, const sql::ConstraintFacts& constraint, bool column_is_null) {
    switch (constraint.kind) {
        case Constraint::foreign_key:
            target.effects.lock(target.schema.key(constraint.references), LockMode::share_row_exclusive);
            if (!constraint.is_not_valid && !column_is_null)
                target.effects.scan(target.key, "every row is looked up in the referenced table");
            break;
        case Constraint::check:
            if (!constraint.is_not_valid)
                target.effects.scan(target.key, "every row is checked");
            break;
        case Constraint::unique:
        case Constraint::primary_key:
        case Constraint::exclude:
            if (constraint.using_index.empty())
                target.effects.scan(target.key, "the constraint's index is built");
            else if (constraint.kind == Constraint::primary_key)
                use_index_as_key(target, constraint.using_index);
            break;
        default:
            break;
    }
}

void add_column(const Target& target, const AlterAction& action) {
    const sql::ColumnFacts& column = action.column;
    if (column.is_identity || column.type.is_serial())
        target.effects.rewrite(target.key, fmt::format("every row gets its own {}", column.name));
    else if (column.is_generated)
        target.effects.rewrite(target.key, fmt::format("{} is computed for every row", column.name));
    else if (is_constrained_domain(column.type.name, target.schema))
        target.effects.rewrite(target.key, fmt::format("the type of {} is a domain with constraints", column.name));
    if (column.has_default) {
        const Volatility volatility = volatility_of(column.default_expression, target.schema);
        if (volatility.kind != Volatility::Kind::not_volatile)
            target.effects.rewrite(target.key, fmt::format("{}() is computed for every row", volatility.function),
                                   volatility.kind == Volatility::Kind::is_volatile);
    }
    if (!target.effects.has_rewrite(target.key) && column.is_not_null && !column.has_default)
        target.effects.scan(target.key, "the table must be empty");
    for (const sql::ConstraintFacts& constraint : column.constraints)
        add_constraint(target, constraint, !column.has_default);
}

void drop_column(const Target& target, const AlterAction& action) {
    if (target.known == nullptr)
        return;
    for (const auto& [name, constraint] : target.known->constraints)
        if (!constraint.references.empty() &&
            std::find(constraint.columns.begin(), constraint.columns.end(), action.name) != constraint.columns.end())
            target.effects.lock(constraint.references, LockMode::access_exclusive);
}

void validate(const Target& target, const AlterAction& action) {
    const KnownConstraint* constraint = constraint_of(target, action.name);
    if (constraint != nullptr && constraint->is_valid)
        return;
    target.effects.scan(target.key, fmt::format("{} is checked in every row", action.name));
    if (constraint != nullptr)
        target.effects.lock(constraint->references, LockMode::row_share);
}

void apply(const Target& target, const AlterAction& action) {
    switch (action.kind) {
        case AlterKind::add_column:
            return add_column(target, action);
        case AlterKind::add_constraint:
            return add_constraint(target, action.constraint, false);
        case AlterKind::set_type:
            return set_type(target, action);
        case AlterKind::set_not_null:
            if (target.known == nullptr || !is_proven_not_null(*target.known, action.name))
                target.effects.scan(target.key, fmt::format("{} is checked in every row", action.name));
            return;
        case AlterKind::drop_column:
            return drop_column(target, action);
        case AlterKind::drop_constraint:
            if (const KnownConstraint* constraint = constraint_of(target, action.name))
                target.effects.lock(constraint->references, LockMode::access_exclusive);
            return;
        case AlterKind::validate_constraint:
            return validate(target, action);
        case AlterKind::set_logged:
            return target.effects.rewrite(target.key, "SET LOGGED and UNLOGGED write a new table");
        case AlterKind::set_access_method:
            return target.effects.rewrite(target.key, "SET ACCESS METHOD writes a new table");
        case AlterKind::set_tablespace:
            return target.effects.rewrite(target.key, "SET TABLESPACE copies the table");
        case AlterKind::inherit:
            return target.effects.lock(target.schema.key(action.other), LockMode::share_update_exclusive);
        case AlterKind::no_inherit:
            return target.effects.lock(target.schema.key(action.other), LockMode::access_share);
        case AlterKind::attach_partition:
            return attach_partition(target, action);
        case AlterKind::detach_partition:
            return detach_partition(target, action);
        default:
            return;
    }
}

/// IS NOT NULL among what AND joins, at the top of a CHECK.
bool proves_not_null(std::string_view expression, const std::string& column) {
    const std::vector<sql::Token> tokens = sql::tokenize(expression);
    std::size_t depth = 0;
    bool is_or = false;
    bool is_found = false;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (tokens[i].is_punctuation('('))
            ++depth;
        else if (tokens[i].is_punctuation(')') && depth > 0)
            --depth;
        is_or = is_or || tokens[i].is_word("or");
        is_found = is_found || (i + 3 < tokens.size() && tokens[i].is_name() && tokens[i].value() == column &&
                                tokens[i + 1].is_word("is") && tokens[i + 2].is_word("not") &&
                                tokens[i + 3].is_word("null") && (i == 0 || !tokens[i - 1].is_word("not")));
    }
    return is_found && !is_or;
}

}  // namespace

bool is_proven_not_null(const KnownTable& table, const std::string& column) {
    const auto known = table.columns.find(column);
    if (known != table.columns.end() && known->second.is_not_null)
        return true;
    return std::any_of(table.constraints.begin(), table.constraints.end(), [&](const auto& each) {
        return each.second.kind == Constraint::check && each.second.is_valid &&
               proves_not_null(each.second.expression, column);
    });
}

void alter_table(const Subject& subject, Effects& effects) {
    const sql::AlterTable alter = sql::alter_table(subject.statement, subject.standard_conforming_strings);
    const std::string key = subject.schema.key(alter.name);
    const std::vector<std::string> children =
        alter.is_only ? std::vector<std::string>() : subject.schema.descendants(key);
    for (const AlterAction& action : alter.actions) {
        const LockMode mode = mode_of(action);
        const KnownTable* known = subject.schema.table(key);
        effects.lock(key, mode);
        apply({key, known, subject.schema, effects}, action);
        if (!recurses(action.kind))
            continue;
        for (const std::string& child : children) {
            effects.lock(child, mode);
            apply({child, subject.schema.table(child), subject.schema, effects}, action);
        }
    }
    // a partitioned table has no rows of its own
    if (const KnownTable* known = subject.schema.table(key); known != nullptr && known->is_partitioned) {
        const auto is_parent = [&](const TablePass& pass) { return pass.table == key; };
        effects.rewrites.erase(std::remove_if(effects.rewrites.begin(), effects.rewrites.end(), is_parent),
                               effects.rewrites.end());
        effects.scans.erase(std::remove_if(effects.scans.begin(), effects.scans.end(), is_parent), effects.scans.end());
    }
    // a rewrite checks and builds on its way
    const auto is_rewritten = [&](const TablePass& pass) { return effects.has_rewrite(pass.table); };
    effects.scans.erase(std::remove_if(effects.scans.begin(), effects.scans.end(), is_rewritten), effects.scans.end());
}

void alter_relation(const Subject& subject, Effects& effects) {
    sql::TokenCursor cursor(subject.statement, subject.standard_conforming_strings);
    cursor.take();
    for (const std::string_view word : {"materialized", "view", "index", "sequence"})
        cursor.take_word(word);
    const sql::AlterTable alter = sql::take_alter_table(subject.statement, cursor);
    const std::string key = subject.schema.key(alter.name);
    const bool is_index = subject.facts.kind == "alter index";
    if (alter.name.empty())
        return;
    for (const AlterAction& action : alter.actions) {
        LockMode mode = mode_of(action);
        if (is_index && action.kind == AlterKind::rename_table)
            mode = LockMode::share_update_exclusive;
        else if (subject.facts.kind == "alter view")
            mode = LockMode::access_exclusive;
        else if (subject.facts.kind == "alter sequence" && action.kind == AlterKind::other)
            mode = LockMode::share_row_exclusive;
        effects.lock(key, mode);
        if (is_index && action.kind == AlterKind::attach_partition) {
            const std::string child = subject.schema.key(action.other);
            effects.lock(child, LockMode::access_exclusive);
            for (const std::string& name : {key, child})
                if (const KnownIndex* index = subject.schema.index(name))
                    effects.lock(index->table, LockMode::access_share);
        }
        if (!is_index && (action.kind == AlterKind::set_tablespace || action.kind == AlterKind::set_access_method))
            effects.rewrite(key, "the materialized view is rewritten");
    }
    if (subject.facts.kind == "alter sequence")
        sequence_owner(subject, effects);
}

}  // namespace tripmig::lint::effects
