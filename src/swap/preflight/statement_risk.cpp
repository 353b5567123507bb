#include "swap/preflight/statement_risk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "swap/preflight/risk_rules.hpp"

namespace tripmig::swap {

namespace {

using Rule = Risk (*)(const StatementText&);

constexpr std::array<Rule, 10> rules{check_conflict_target, check_insert_returning,   check_group_by_key, check_copy_to,
                                     check_truncate_only,   check_index_concurrently, check_ctid,         check_only,
                                     check_relation_size,   check_lookup_without_key};

bool is_among(const std::vector<sql::NameParts>& names, const QualifiedName& table) {
    return std::any_of(names.begin(), names.end(), [&](const sql::NameParts& name) {
        return name.back() == table.name && (name.size() < 2 || name[name.size() - 2] == table.schema);
    });
}

bool begins_statement(const sql::Token& token) {
    static constexpr std::array<std::string_view, 12> words{"select", "insert",   "update", "delete",
                                                            "with",   "merge",    "copy",   "create",
                                                            "drop",   "truncate", "lock",   "perform"};
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return token.is_word(word); });
}

/// In PL/pgSQL statements also begin behind these words, which end nothing in SQL's own statements.
bool is_before_statement(const sql::Token& token) {
    static constexpr std::array<std::string_view, 4> words{"then", "else", "loop", "begin"};
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return token.is_word(word); });
}

/// The statements in a function's body, each from the word that begins it: "FOR r IN SELECT ... LOOP UPDATE ...;" are
/// two.
std::vector<std::string> statements_in(std::string_view body) {
    std::vector<std::string> found;
    constexpr std::size_t none = std::string_view::npos;
    std::size_t begin = none;
    const std::vector<sql::Token> tokens = sql::tokenize(body);
    const auto close = [&](std::size_t end) {
        if (begin == none)
            return;
        std::string text(body.substr(begin, end - begin));
        // PERFORM is PL/pgSQL's SELECT without a result (manual 43.5.2).
        if (sql::tokenize(text).front().is_word("perform"))
            text.replace(0, std::string_view("perform").size(), "select");
        found.push_back(std::move(text));
        begin = none;
    };
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const bool follows_word = i > 0 && is_before_statement(tokens[i - 1]);
        if (tokens[i].is_punctuation(';') || (follows_word && begins_statement(tokens[i])))
            close(tokens[i].is_punctuation(';') ? tokens[i].offset : tokens[i - 1].offset);
        if (begin == none && begins_statement(tokens[i]))
            begin = tokens[i].offset;
    }
    close(body.size());
    return found;
}

void add(std::vector<StatementRisk>& risks, StatementRisk risk) {
    const bool is_known =
        std::any_of(risks.begin(), risks.end(), [&](const StatementRisk& other) { return other.why == risk.why; });
    if (!is_known)
        risks.push_back(std::move(risk));
}

/// A row trigger of a partitioned table fires as one of the partition (manual, CREATE TRIGGER: Notes).
void check_trigger_variables(const FunctionText& function, const db::TableInfo& table,
                             std::vector<StatementRisk>& risks) {
    if (function.triggers.empty())
        return;
    static constexpr std::array<std::string_view, 3> variables{"tg_table_name", "tg_relname", "tg_relid"};
    for (const sql::Token& token : sql::tokenize(function.source))
        for (const std::string_view variable : variables)
            if (token.is_word(variable))
                add(risks, {StatementRisk::Kind::changes,
                            fmt::format("{} will be the partition's in the row trigger {}",
                                        variable == "tg_relid" ? "TG_RELID" : "TG_TABLE_NAME",
                                        fmt::join(function.triggers, ", ")),
                            fmt::format("use the root of pg_partition_ancestors(TG_RELID), or a trigger argument "
                                        "(TG_ARGV[0]) with the value '{}'",
                                        table.name.name)});
}

}  // namespace

std::vector<StatementRisk> statement_risks(std::string_view query, const db::TableInfo& table,
                                           const config::PartitionPolicy& policy) {
    const sql::RelationsUsed used = sql::relations_used(query);
    const StatementText statement{query,
                                  sql::tokenize(query),
                                  table,
                                  policy,
                                  is_among(used.read, table.name),
                                  is_among(used.written, table.name)};
    std::vector<StatementRisk> risks;
    for (const Rule rule : rules)
        if (Risk risk = rule(statement))
            add(risks, std::move(*risk));
    return risks;
}

std::vector<StatementRisk> function_risks(const FunctionText& function, const db::TableInfo& table,
                                          const config::PartitionPolicy& policy) {
    std::vector<StatementRisk> risks;
    if (!can_read_language(function.language))
        return risks;
    check_trigger_variables(function, table, risks);
    for (const std::string& text : statements_in(function.source))
        for (StatementRisk& risk : statement_risks(text, table, policy))
            add(risks, std::move(risk));
    return risks;
}

bool can_read_language(const std::string& language) {
    return language == "sql" || language == "plpgsql";
}

}  // namespace tripmig::swap
