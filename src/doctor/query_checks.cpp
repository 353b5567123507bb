#include "doctor/query_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/counted.hpp"
#include "base/replace_all.hpp"
#include "doctor/statements.hpp"
#include "sql/facts/relations_used.hpp"
#include "sql/identifier.hpp"
#include "swap/statements.hpp"

namespace tripmig::doctor {

namespace {

constexpr std::string_view hidden_text = "<insufficient privilege>";

std::optional<std::vector<StatementStatistics>> read_statistics(Reader& reader, std::int64_t& hidden) {
    const auto schema = reader.rows(swap::statements::statement_statistics).optional_text();
    if (!schema)
        return std::nullopt;
    std::string sql(statements::statements_seen);
    replace_all(sql, ":\"statistics\"", *schema);
    std::vector<StatementStatistics> found;
    for (const db::Row& row : reader.rows(sql)) {
        hidden = row.number("hidden");
        if (row.text_or_empty("query") != hidden_text)
            found.push_back(
                {row.text_or_empty("query"), row.number("calls"), row.decimal("mean_ms"), row.decimal("total_ms")});
    }
    return found;
}

/// The beginning of a statement, on one line.
std::string excerpt(const std::string& query) {
    constexpr std::size_t most = 100;
    std::string text;
    for (const char c : query) {
        const bool is_blank = std::isspace(static_cast<unsigned char>(c)) != 0;
        if (!is_blank)
            text += c;
        else if (!text.empty() && text.back() != ' ')
            text += ' ';
    }
    if (text.size() <= most)
        return text;
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)  // within a UTF-8 character
        --end;
    return text.substr(0, end) + "...";
}

bool is_word_character(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// The name stands in the text as a word of its own.
bool has_word(const std::string& text, const std::string& word) {
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
        const std::size_t end = at + word.size();
        if ((at == 0 || !is_word_character(text[at - 1])) && (end == text.size() || !is_word_character(text[end])))
            return true;
    }
    return false;
}

bool begins_with_insert(const std::string& query) {
    const std::size_t first = query.find_first_not_of(" \t\r\n");
    return first != std::string::npos && sql::equals_folded(query.substr(first, 6), "insert");
}

bool reads(const sql::RelationsUsed& used, const std::string& query, const QualifiedName& table) {
    const auto is_table = [&](const sql::NameParts& name) {
        return !name.empty() && name.back() == table.name && (name.size() < 2 || name[name.size() - 2] == table.schema);
    };
    return std::any_of(used.read.begin(), used.read.end(), is_table) ||
           (!begins_with_insert(query) && std::any_of(used.written.begin(), used.written.end(), is_table));
}

Check check_statistics(const QueryFacts& facts) {
    return check_seen("queries.statistics", facts.statements, [&](const auto& statements, Check& check) {
        if (!statements) {
            check.is_seen = false;
            check.add(Severity::note, "", "this database has no pg_stat_statements: its statements are not known",
                      "shared_preload_libraries = 'pg_stat_statements' (a restart), then CREATE EXTENSION "
                      "pg_stat_statements");
            return;
        }
        check.found = counted(statements->size(), "statement") + " seen";
        if (facts.hidden > 0)
            check.add(Severity::note, "",
                      fmt::format("the text of {} of other roles is hidden from this one",
                                  counted(facts.hidden, "statement")),
                      "GRANT pg_read_all_stats TO this role");
    });
}

void judge_slowest(const std::vector<StatementStatistics>& statements, Check& check) {
    constexpr std::size_t most = 5;
    constexpr double worth_telling = 1000;  // ms in all
    constexpr double slow = 1000;
    check.found = counted(statements.size(), "statement") + " seen";
    for (std::size_t i = 0; i < std::min(statements.size(), most); ++i) {
        const StatementStatistics& each = statements[i];
        if (each.total_ms >= worth_telling)
            check.add(each.mean_ms >= slow ? Severity::warning : Severity::note, "",
                      fmt::format("{:.1f} s in {}, {:.1f} ms each: {}", each.total_ms / 1000,
                                  counted(each.calls, "call"), each.mean_ms, excerpt(each.query)),
                      "EXPLAIN (ANALYZE, BUFFERS) with values of its own");
    }
}

void judge_partitions(const std::vector<StatementStatistics>& statements, const std::vector<PartitionTree>& trees,
                      Check& check) {
    constexpr std::int64_t often = 10;
    check.found = fmt::format("of {}", counted(trees.size(), "partitioned table"));
    for (const StatementStatistics& each : statements) {
        if (each.calls < often)
            continue;
        const sql::RelationsUsed used = sql::relations_used(each.query);
        const std::string text = sql::folded(each.query);
        for (const PartitionTree& tree : trees) {
            if (tree.key.empty() || tree.partitions < 2 || !reads(used, each.query, tree.table) ||
                has_word(text, sql::folded(tree.key.front())))
                continue;
            check.add(Severity::warning, sql::quoted(tree.table),
                      fmt::format("a statement reads {} without its partition key {}, so each of {}: {} ({}, {:.1f} ms "
                                  "each)",
                                  sql::quoted(tree.table), sql::quote_ident(tree.key.front()),
                                  counted(tree.partitions, "partition"), excerpt(each.query),
                                  counted(each.calls, "call"), each.mean_ms),
                      fmt::format("let its WHERE say something of {}", sql::quote_ident(tree.key.front())));
        }
    }
}

}  // namespace

QueryFacts read_queries(Reader& reader) {
    QueryFacts facts;
    facts.statements = see(reader.connection(), [&] { return read_statistics(reader, facts.hidden); });
    facts.trees = see(reader.connection(), [&] { return read_partition_trees(reader); });
    return facts;
}

std::vector<Check> check_queries(const QueryFacts& facts) {
    std::vector<Check> checks{check_statistics(facts)};
    const bool is_known = facts.statements.facts && *facts.statements.facts;
    for (const std::string_view code : {"queries.slowest", "queries.all_partitions"}) {
        checks.push_back({code});
        checks.back().is_seen = is_known;
        if (!is_known)
            checks.back().found = "see queries.statistics";
    }
    if (!is_known)
        return checks;
    const std::vector<StatementStatistics>& seen = **facts.statements.facts;
    judge_slowest(seen, checks[1]);
    checks[2] = check_seen("queries.all_partitions", facts.trees,
                           [&](const auto& trees, Check& check) { judge_partitions(seen, trees, check); });
    return checks;
}

}  // namespace tripmig::doctor
