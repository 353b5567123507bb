#include "migrate/altered_relations.hpp"

#include <algorithm>
#include <array>

#include "lint/effects.hpp"
#include "lint/statement_effects.hpp"
#include "sql/tokens.hpp"

namespace tripmig::migrate {

namespace {

/// GRANT and REVOKE take no lock on the table.
Altered altered_by_grant(const ScriptStatement& statement, const lint::KnownSchema& schema) {
    Altered altered;
    sql::TokenCursor cursor(statement.sql, statement.standard_conforming_strings);
    while (cursor.peek().kind != sql::TokenKind::end && !cursor.take_word("on"))
        cursor.take();
    const bool is_all = cursor.take_words("all", "tables", "in");
    if (is_all && !cursor.take_word("schema"))
        return altered;
    cursor.take_word("table");
    do {
        const sql::NameParts name = cursor.take_name();
        if (name.empty())
            break;
        if (is_all)
            altered.schemas.push_back(name.back());
        else
            altered.relations.push_back(schema.key(name));
    } while (cursor.take_punctuation(','));
    // GRANT ... ON FUNCTION f(...), ON SCHEMA s: the word was taken for a name, and no comma or TO follows it.
    if (!is_all && !cursor.peek().is_word("to") && !cursor.peek().is_word("from"))
        altered.relations.clear();
    return altered;
}

}  // namespace

bool locks_without_altering(const sql::Facts& facts) {
    static constexpr std::array<std::string_view, 6> kinds = {"truncate", "analyze", "vacuum",
                                                              "reindex",  "cluster", "lock"};
    return std::find(kinds.begin(), kinds.end(), facts.kind) != kinds.end();
}

Altered altered_by(const ScriptStatement& statement, const lint::KnownSchema& schema) {
    if (statement.facts->kind == "grant" || statement.facts->kind == "revoke")
        return altered_by_grant(statement, schema);
    Altered altered;
    if (locks_without_altering(*statement.facts))
        return altered;
    const lint::Effects effects =
        lint::effects_of(statement.sql, *statement.facts, schema, statement.standard_conforming_strings);
    for (const lint::TableLock& lock : effects.locks)
        if (lock.mode >= LockMode::share_update_exclusive)
            altered.relations.push_back(lock.relation);
    return altered;
}

}  // namespace tripmig::migrate
