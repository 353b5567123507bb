#include <array>
#include <optional>

#include "lint/effects/parts.hpp"
#include "sql/identifier.hpp"

namespace tripmig::lint::effects {

using sql::TokenCursor;
using sql::TokenKind;

namespace {

/// The first name behind that word.
sql::NameParts name_behind(std::string_view word, const Subject& subject) {
    TokenCursor cursor(subject.statement, subject.standard_conforming_strings);
    while (cursor.peek().kind != TokenKind::end) {
        if (cursor.take().is_word(word)) {
            cursor.take_word("only");
            return cursor.take_name();
        }
    }
    return {};
}

void truncate(const Subject& subject, Effects& effects) {
    TokenCursor cursor(subject.statement);
    cursor.take_word("truncate");
    cursor.take_word("table");
    std::vector<std::string> tables;
    do {
        const bool is_only = cursor.take_word("only");
        tables.push_back(subject.schema.key(cursor.take_name()));
        if (!is_only)
            for (std::string& child : subject.schema.descendants(tables.back()))
                tables.push_back(std::move(child));
        if (cursor.peek().text == "*")
            cursor.take();
    } while (cursor.take_punctuation(','));
    bool is_cascade = false;
    while (cursor.peek().kind != TokenKind::end)
        is_cascade = cursor.take().is_word("cascade") || is_cascade;
    for (std::size_t i = 0; i < tables.size(); ++i) {
        if (effects.lock_on(tables[i]) != nullptr)
            continue;
        effects.lock(tables[i], LockMode::access_exclusive);
        const KnownTable* known = subject.schema.table(tables[i]);
        if (!tables[i].empty() && (known == nullptr || !known->is_partitioned))
            effects.emptied.push_back(tables[i]);
        if (is_cascade)
            for (std::string& other : subject.schema.referencing(tables[i]))
                tables.push_back(std::move(other));
    }
}

std::optional<LockMode> take_mode(TokenCursor& cursor) {
    std::string words;
    while (cursor.peek().is_name() && !cursor.peek().is_word("mode"))
        words += (words.empty() ? "" : " ") + cursor.take().value();
    for (int mode = 0; mode <= static_cast<int>(LockMode::access_exclusive); ++mode)
        if (sql::folded(to_string(static_cast<LockMode>(mode))) == words)
            return static_cast<LockMode>(mode);
    return std::nullopt;
}

void lock_table(const Subject& subject, Effects& effects) {
    TokenCursor cursor(subject.statement);
    cursor.take_word("lock");
    cursor.take_word("table");
    std::vector<std::pair<std::string, bool>> tables;
    do {
        const bool is_only = cursor.take_word("only");
        tables.emplace_back(subject.schema.key(cursor.take_name()), is_only);
        if (cursor.peek().text == "*")
            cursor.take();
    } while (cursor.take_punctuation(','));
    LockMode mode = LockMode::access_exclusive;
    if (cursor.take_word("in"))
        mode = take_mode(cursor).value_or(mode);
    for (const auto& [table, is_only] : tables)
        lock_tree(table, is_only, mode, subject.schema, effects);
}

/// COMMENT ON object name
void comment(const Subject& subject, Effects& effects) {
    TokenCursor cursor(subject.statement);
    cursor.take_word("comment");
    cursor.take_word("on");
    cursor.take_word("materialized");
    cursor.take_word("foreign");
    const bool is_column = cursor.take_word("column");
    const bool is_relation = !is_column && (cursor.take_word("table") || cursor.take_word("view") ||
                                            cursor.take_word("index") || cursor.take_word("sequence"));
    if (is_column || is_relation) {
        sql::NameParts name = cursor.take_name();
        if (is_column && !name.empty())
            name.pop_back();
        return effects.lock(subject.schema.key(name), LockMode::share_update_exclusive);
    }
    const bool is_part = cursor.take_word("constraint") || cursor.take_word("trigger") || cursor.take_word("rule") ||
                         cursor.take_word("policy");
    cursor.take_name();
    if (is_part && cursor.take_word("on") && !cursor.peek().is_word("domain"))
        effects.lock(subject.schema.key(cursor.take_name()), LockMode::access_share);
}

/// FOR TABLE, ADD TABLE, SET TABLE, DROP TABLE of a publication.
void publication(const Subject& subject, Effects& effects) {
    TokenCursor cursor(subject.statement);
    while (cursor.peek().kind != TokenKind::end && !cursor.take_word("table"))
        cursor.take();
    while (cursor.peek().kind != TokenKind::end) {
        const bool is_only = cursor.take_word("only");
        const std::string table = subject.schema.key(cursor.take_name());
        if (!table.empty())
            lock_tree(table, is_only, LockMode::share_update_exclusive, subject.schema, effects);
        sql::skip_to_comma(cursor);
        if (!cursor.take_punctuation(','))
            return;
        cursor.take_word("table");
    }
}

/// A function's body in SQL is read when the function is made.
void function(const Subject& subject, Effects& effects) {
    const std::vector<sql::Token> tokens = sql::tokenize(subject.statement, subject.standard_conforming_strings);
    bool is_sql = false;
    const sql::Token* body = nullptr;
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
        is_sql = is_sql || (tokens[i].is_word("language") && sql::folded(tokens[i + 1].value()) == "sql");
        if (tokens[i].is_word("as") && tokens[i + 1].kind == TokenKind::string)
            body = &tokens[i + 1];
    }
    if (!is_sql || body == nullptr)
        return;
    std::string text = body->value();
    if (body->lexeme == sql::LexemeKind::dollar_string) {
        const std::size_t tag = text.find('$', 1) + 1;
        text = text.size() >= 2 * tag ? text.substr(tag, text.size() - 2 * tag) : std::string();
    }
    query(text, true, subject, effects);
}

/// CREATE and ALTER SEQUENCE ... OWNED BY table.column
void owned_by(const Subject& subject, Effects& effects) {
    TokenCursor cursor(subject.statement);
    while (cursor.peek().kind != TokenKind::end && !cursor.take_words("owned", "by"))
        cursor.take();
    sql::NameParts column = cursor.take_name();
    if (column.size() < 2)
        return;
    column.pop_back();
    effects.lock(subject.schema.key(column), LockMode::access_share);
}

/// ADD CONSTRAINT, VALIDATE CONSTRAINT and SET NOT NULL look at every table that has a column of the domain.
void domain(const Subject& subject, Effects& effects) {
    const std::string text = sql::folded(subject.statement);
    const bool is_not_valid = text.find("not valid") != std::string::npos;
    const bool checks = (text.find(" add ") != std::string::npos && !is_not_valid) ||
                        text.find(" validate ") != std::string::npos || text.find("set not null") != std::string::npos;
    if (!checks)
        return;
    for (const std::string& table : subject.schema.using_type(subject.schema.key(subject.facts.target))) {
        effects.lock(table, LockMode::share);
        effects.scan(table, "the domain's values are checked");
    }
}

/// Statements that lock one relation, named behind a word.
struct Simple {
    std::string_view kind;
    std::string_view word;
    LockMode mode;
};

constexpr std::array<Simple, 8> simple_statements{{
    {"create trigger", "on", LockMode::share_row_exclusive},
    {"alter trigger", "on", LockMode::access_exclusive},
    {"create rule", "to", LockMode::access_exclusive},
    {"alter rule", "on", LockMode::access_exclusive},
    {"create policy", "on", LockMode::access_exclusive},
    {"alter policy", "on", LockMode::access_exclusive},
    {"create statistics", "from", LockMode::share_update_exclusive},
    {"security label", "table", LockMode::share_update_exclusive},
}};

}  // namespace

void sequence_owner(const Subject& subject, Effects& effects) {
    owned_by(subject, effects);
}

bool object(const Subject& subject, Effects& effects) {
    const std::string& kind = subject.facts.kind;
    for (const Simple& simple : simple_statements)
        if (simple.kind == kind) {
            effects.lock(subject.schema.key(name_behind(simple.word, subject)), simple.mode);
            return true;
        }
    if (kind == "truncate")
        truncate(subject, effects);
    else if (kind == "lock")
        lock_table(subject, effects);
    else if (kind == "comment")
        comment(subject, effects);
    else if (kind == "create publication" || kind == "alter publication")
        publication(subject, effects);
    else if (kind == "alter domain")
        domain(subject, effects);
    else if (kind == "create function" || kind == "create procedure")
        function(subject, effects);
    else if (kind == "create sequence")
        owned_by(subject, effects);
    else
        return false;
    return true;
}

}  // namespace tripmig::lint::effects
