#include "migrate/new_objects.hpp"

#include <algorithm>
#include <array>

#include "sql/tokens.hpp"

namespace tripmig::migrate {

namespace {

constexpr std::array<std::string_view, 5> kinds = {"create table", "create type", "create sequence", "create function",
                                                   "create procedure"};

/// Words behind which another relation may stand, a query, or a setting; and those of what stays in the session.
constexpr std::array<std::string_view, 12> ties = {"as",         "inherits", "like",   "of",   "owned",     "partition",
                                                   "references", "set",      "atomic", "temp", "temporary", "pg_temp"};

bool is_tied(const sql::Token& token) {
    return std::any_of(ties.begin(), ties.end(), [&](std::string_view word) { return token.is_word(word); });
}

bool makes_new(const ScriptStatement& statement) {
    if (std::find(kinds.begin(), kinds.end(), statement.facts->kind) == kinds.end() ||
        !statement.facts->transaction_modes.empty())
        return false;
    const bool is_table = statement.facts->kind == "create table";
    int depth = 0;
    for (const sql::Token& token : sql::tokenize(statement.sql, statement.standard_conforming_strings)) {
        depth += token.is_punctuation('(') ? 1 : token.is_punctuation(')') ? -1 : 0;
        // CREATE TABLE ... AS SELECT has it outside, GENERATED ALWAYS AS IDENTITY inside; with others it is harmless.
        const bool is_harmless = token.is_word("as") && (!is_table || depth > 0);
        if (is_tied(token) && !is_harmless)
            return false;
    }
    return true;
}

}  // namespace

bool makes_only_new_objects(const Script& script) {
    return std::all_of(script.statements.begin(), script.statements.end(), makes_new);
}

}  // namespace tripmig::migrate
