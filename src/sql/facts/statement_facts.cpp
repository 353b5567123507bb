#include "sql/facts/statement_facts.hpp"

#include <array>

#include "sql/facts/fact_reader.hpp"
#include "sql/identifier.hpp"

namespace tripmig::sql {

namespace fact_reader {

void refuse_transaction(Facts& facts, std::string reason) {
    facts.is_transactional = false;
    facts.reason = std::move(reason);
}

Options read_options(TokenCursor& cursor) {
    Options options;
    if (!cursor.take_punctuation('('))
        return options;
    while (cursor.peek().kind != TokenKind::end && !cursor.take_punctuation(')')) {
        if (cursor.take_punctuation(','))
            continue;
        const std::string name = folded(cursor.take().text);
        std::string value;
        while (cursor.peek().kind != TokenKind::end && !cursor.peek().is_punctuation(',') &&
               !cursor.peek().is_punctuation(')')) {
            const Token token = cursor.take();
            if (token.text != "=")
                value = folded(token.value());
        }
        options.emplace_back(name, value.empty() ? "true" : value);
    }
    return options;
}

bool is_on(const Options& options, std::string_view name) {
    bool on = false;
    for (const auto& [option, value] : options)
        if (option == name)
            on = value != "false" && value != "off" && value != "0";
    return on;
}

bool is_off(const Options& options, std::string_view name) {
    bool off = false;
    for (const auto& [option, value] : options)
        if (option == name)
            off = value == "false" || value == "off" || value == "0";
    return off;
}

}  // namespace fact_reader

namespace {

using namespace fact_reader;

/// Statements whose kind is their first words, with the optional words that stand before the object's name.
struct PlainStatement {
    std::string_view first;
    std::string_view kind;
    std::array<std::string_view, 3> skipped;  ///< taken when there, in this order
    bool has_target;
};

constexpr std::array<PlainStatement, 37> plain_statements = {{
    {"analyse", "analyze", {"verbose"}, true},
    {"analyze", "analyze", {"verbose"}, true},
    {"call", "call", {}, true},
    {"checkpoint", "checkpoint", {}, false},
    {"close", "close", {}, true},
    {"comment", "comment", {}, false},
    {"copy", "copy", {"binary"}, true},
    {"deallocate", "deallocate", {"prepare"}, true},
    {"declare", "declare", {}, true},
    {"delete", "delete", {"from", "only"}, true},
    {"do", "do", {}, false},
    {"execute", "execute", {}, true},
    {"explain", "explain", {}, false},
    {"fetch", "fetch", {}, false},
    {"grant", "grant", {}, false},
    {"import", "import foreign schema", {"foreign", "schema"}, true},
    {"insert", "insert", {"into"}, true},
    {"listen", "listen", {}, true},
    {"load", "load", {}, false},
    {"lock", "lock", {"table", "only"}, true},
    {"merge", "merge", {"into", "only"}, true},
    {"move", "move", {}, false},
    {"notify", "notify", {}, true},
    {"reassign", "reassign owned", {}, false},
    {"refresh", "refresh materialized view", {"materialized", "view", "concurrently"}, true},
    {"reset", "reset", {}, true},
    {"revoke", "revoke", {}, false},
    {"security", "security label", {}, false},
    {"select", "select", {}, false},
    {"show", "show", {}, true},
    {"table", "select", {"only"}, true},
    {"truncate", "truncate", {"table", "only"}, true},
    {"unlisten", "unlisten", {}, true},
    {"update", "update", {"only"}, true},
    {"values", "select", {}, false},
    {"prepare", "prepare", {}, true},
    {"discard", "discard", {}, false},
}};

void read_plain(const PlainStatement& statement, TokenCursor& cursor, Facts& facts) {
    facts.kind = statement.kind;
    if (statement.kind == "analyze")
        read_options(cursor);
    for (const std::string_view word : statement.skipped) {
        const bool taken = !word.empty() && cursor.take_word(word);
        facts.is_concurrent = facts.is_concurrent || (taken && word == "concurrently");
    }
    if (statement.kind == "discard" && cursor.peek().is_word("all"))
        refuse_transaction(facts, "DISCARD ALL cannot run inside a transaction block");
    if (statement.has_target)
        facts.target = cursor.take_name();
}

void read_set(std::string_view statement, TokenCursor& cursor, Facts& facts) {
    facts.kind = "set";
    if (cursor.peek().is_word("transaction") || cursor.peek().is_word("constraints")) {
        facts.kind += " " + cursor.take().value();
        if (facts.kind == "set transaction" && !cursor.peek().is_word("snapshot"))
            facts.transaction_modes = statement.substr(cursor.offset());
        return;
    }
    if (!cursor.take_word("local"))
        cursor.take_word("session");
    facts.target = cursor.take_name();
}

void read_vacuum(TokenCursor& cursor, Facts& facts) {
    facts.kind = "vacuum";
    refuse_transaction(facts, "VACUUM cannot run inside a transaction block");
    read_options(cursor);
    for (const std::string_view word : {"full", "freeze", "verbose", "analyze", "analyse"})
        cursor.take_word(word);
    cursor.take_word("only");
    facts.target = cursor.take_name();
}

const PlainStatement* find_plain(std::string_view word) {
    for (const PlainStatement& statement : plain_statements)
        if (statement.first == word)
            return &statement;
    return nullptr;
}

/// WITH ... : the kind is that of the statement behind the common table expressions, whose names may be any word.
void read_with(TokenCursor& cursor, Facts& facts) {
    facts.kind = "select";
    bool may_be_name = true;
    while (cursor.peek().kind != TokenKind::end) {
        if (cursor.peek().is_punctuation('(')) {
            cursor.skip_parentheses();
            may_be_name = false;
            continue;
        }
        const Token token = cursor.take();
        for (const std::string_view verb : {"select", "insert", "update", "delete", "merge", "values", "table"}) {
            if (!may_be_name && token.is_word(verb)) {
                read_plain(*find_plain(verb), cursor, facts);
                return;
            }
        }
        may_be_name = token.is_punctuation(',') || token.is_word("recursive");
    }
}

void read(const std::string& word, std::string_view statement, TokenCursor& cursor, Facts& facts) {
    if (word == "create")
        read_create(statement, cursor, facts);
    else if (word == "alter")
        read_alter(cursor, facts);
    else if (word == "drop")
        read_drop(cursor, facts);
    else if (word == "set")
        read_set(statement, cursor, facts);
    else if (word == "vacuum")
        read_vacuum(cursor, facts);
    else if (word == "reindex")
        read_reindex(cursor, facts);
    else if (word == "cluster")
        read_cluster(cursor, facts);
    else if (word == "with")
        read_with(cursor, facts);
    else if (const PlainStatement* plain = find_plain(word))
        read_plain(*plain, cursor, facts);
}

}  // namespace

Facts facts(std::string_view statement, bool standard_conforming_strings) {
    Facts facts;
    facts.kind = "unknown";
    TokenCursor cursor(statement, standard_conforming_strings);
    while (cursor.take_punctuation('(')) {  // (SELECT ...) UNION ...
    }
    const Token first = cursor.take();
    if (first.kind != TokenKind::identifier)
        return facts;
    const std::string word = first.value();
    if (!read_transaction_control(word, statement, cursor, facts))
        read(word, statement, cursor, facts);
    return facts;
}

}  // namespace tripmig::sql
