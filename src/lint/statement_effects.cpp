#include "lint/statement_effects.hpp"

#include <algorithm>
#include <string>

#include "lint/effects/parts.hpp"
#include "sql/facts/relations_used.hpp"
#include "sql/tokens.hpp"

namespace tripmig::lint {

namespace effects {

void lock_tree(const std::string& table, bool is_only, LockMode mode, const KnownSchema& schema, Effects& effects) {
    effects.lock(table, mode);
    if (!is_only)
        for (const std::string& child : schema.descendants(table))
            effects.lock(child, mode);
}

namespace {

/// What a view is made of, views in it too.
void read_behind(const std::string& view, LockMode mode, int depth, const KnownSchema& schema, Effects& effects) {
    const KnownTable* known = schema.table(view);
    constexpr int deepest = 32;
    if (known == nullptr || known->kind != KnownTable::Kind::view || depth > deepest)
        return;
    for (const std::string& read : known->reads) {
        lock_tree(read, false, mode, schema, effects);
        read_behind(read, mode, depth + 1, schema, effects);
    }
}

}  // namespace

void query(std::string_view text, bool is_run, const Subject& subject, Effects& effects) {
    const sql::RelationsUsed used = sql::relations_used(text, subject.standard_conforming_strings);
    const LockMode read = used.locks_rows ? LockMode::row_share : LockMode::access_share;
    for (const sql::NameParts& name : used.read) {
        if (name.front() == "pg_catalog" || name.front() == "information_schema")
            continue;
        const std::string key = subject.schema.key(name);
        lock_tree(key, !is_run, read, subject.schema, effects);
        if (is_run)
            read_behind(key, read, 0, subject.schema, effects);
    }
    for (const sql::NameParts& name : used.written)
        lock_tree(subject.schema.key(name), subject.facts.kind == "insert", LockMode::row_exclusive, subject.schema,
                  effects);
}

namespace {

void vacuum(const Subject& subject, Effects& effects) {
    sql::TokenCursor cursor(subject.statement);
    cursor.take_word("vacuum");
    bool is_full = cursor.peek().is_word("full");
    if (cursor.take_punctuation('(')) {
        for (bool follows_comma = true; cursor.peek().kind != sql::TokenKind::end && !cursor.peek().is_punctuation(')');
             follows_comma = cursor.take_punctuation(',')) {
            if (!follows_comma) {
                cursor.take();
                continue;
            }
            const bool names_full = cursor.take_word("full");
            is_full = is_full || (names_full && !cursor.peek().is_word("off") && !cursor.peek().is_word("false"));
        }
    }
    const std::string table = subject.schema.key(subject.facts.target);
    effects.lock(table, is_full ? LockMode::access_exclusive : LockMode::share_update_exclusive);
    if (is_full)
        effects.rewrite(table, "VACUUM FULL writes a new table");
}

void refresh(const Subject& subject, Effects& effects) {
    const std::string view = subject.schema.key(subject.facts.target);
    effects.lock(view, subject.facts.is_concurrent ? LockMode::exclusive : LockMode::access_exclusive);
    if (subject.facts.is_concurrent)
        effects.scan(view, "the old rows are compared with the new ones");
    else
        effects.rewrite(view, "REFRESH rewrites the view");
    if (const KnownTable* known = subject.schema.table(view))
        for (const std::string& read : known->reads) {
            lock_tree(read, false, LockMode::access_share, subject.schema, effects);
            read_behind(read, LockMode::access_share, 0, subject.schema, effects);
        }
}

void cluster(const Subject& subject, Effects& effects) {
    sql::TokenCursor cursor(subject.statement);
    cursor.take_word("cluster");
    cursor.take_word("verbose");
    const std::string table = subject.schema.key(subject.facts.target);
    effects.lock(table, LockMode::access_exclusive);
    effects.rewrite(table, "CLUSTER writes the table in the index's order");
}

void create_view(const Subject& subject, Effects& effects) {
    const std::string name = subject.schema.key(subject.facts.target);
    sql::TokenCursor cursor(subject.statement);
    cursor.take_word("create");
    if (cursor.take_words("or", "replace") && subject.schema.table(name) != nullptr)
        effects.lock(name, LockMode::access_exclusive);
    while (cursor.peek().kind != sql::TokenKind::end && !cursor.take_word("as"))
        cursor.take();
    query(subject.statement.substr(cursor.offset()), subject.facts.kind != "create view", subject, effects);
}

void copy(const Subject& subject, Effects& effects) {
    sql::TokenCursor cursor(subject.statement);
    cursor.take_word("copy");
    cursor.take_word("binary");
    if (cursor.peek().is_punctuation('('))
        return query(subject.statement, true, subject, effects);
    const std::string table = subject.schema.key(cursor.take_name());
    if (cursor.peek().is_punctuation('('))
        cursor.skip_parentheses();
    effects.lock(table, cursor.peek().is_word("from") ? LockMode::row_exclusive : LockMode::access_share);
}

bool is_query(const std::string& kind) {
    for (const std::string_view other : {"select", "insert", "update", "delete", "merge", "declare"})
        if (kind == other)
            return true;
    return false;
}

void dispatch(const Subject& subject, Effects& effects) {
    const std::string& kind = subject.facts.kind;
    if (kind == "create table" || kind == "create foreign table")
        create_table(subject, effects);
    else if (kind == "alter table" || kind == "alter foreign table")
        alter_table(subject, effects);
    else if (kind == "alter index" || kind == "alter view" || kind == "alter materialized view" ||
             kind == "alter sequence")
        alter_relation(subject, effects);
    else if (kind == "create index" || kind == "drop index" || kind == "reindex")
        index(subject, effects);
    else if (kind == "create view" || kind == "create materialized view")
        create_view(subject, effects);
    else if (kind == "vacuum")
        vacuum(subject, effects);
    else if (kind == "analyze")
        effects.lock(subject.schema.key(subject.facts.target), LockMode::share_update_exclusive);
    else if (kind == "cluster")
        cluster(subject, effects);
    else if (kind == "refresh materialized view")
        refresh(subject, effects);
    else if (kind == "copy")
        copy(subject, effects);
    else if (is_query(kind))
        query(subject.statement, true, subject, effects);
    else if (!object(subject, effects) && kind.rfind("drop ", 0) == 0)
        drop(subject, effects);
}

}  // namespace
}  // namespace effects

Effects effects_of(std::string_view statement, const sql::Facts& facts, const KnownSchema& schema,
                   bool standard_conforming_strings) {
    Effects found;
    const std::string& kind = facts.kind;
    found.is_opaque = kind == "do" || kind == "call" || kind == "execute" || kind == "unknown";
    effects::dispatch({statement, facts, schema, standard_conforming_strings}, found);
    std::sort(found.locks.begin(), found.locks.end(),
              [](const TableLock& a, const TableLock& b) { return a.relation < b.relation; });
    return found;
}

}  // namespace tripmig::lint
