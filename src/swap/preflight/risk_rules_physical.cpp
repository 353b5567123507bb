// What depends on where a row lies, and statements about the table itself.
#include <fmt/format.h>

#include <array>

#include "sql/facts/statement_facts.hpp"
#include "sql/identifier.hpp"
#include "swap/preflight/risk_rules.hpp"

namespace tripmig::swap {

namespace {

using RiskKind = StatementRisk::Kind;

bool is_in_table(const StatementText& statement) {
    return statement.is_read || statement.is_written;
}

/// INSERT INTO the table. The tokens from its RETURNING on: npos when it has none.
std::size_t returning_of_insert(const StatementText& statement) {
    bool is_insert = false;
    for (std::size_t i = 0; i < statement.tokens.size(); ++i) {
        if (statement.tokens[i].is_word("insert") && statement.token(i + 1).is_word("into"))
            is_insert = statement.names_table(i + 2);
        else if (is_insert && statement.tokens[i].is_word("returning"))
            return i;
    }
    return std::string::npos;
}

template <std::size_t Count>
std::string first_of(const StatementText& statement, std::size_t from,
                     const std::array<std::string_view, Count>& words) {
    for (std::size_t i = from; i < statement.tokens.size(); ++i)
        for (const std::string_view word : words)
            if (statement.tokens[i].is_word(word))
                return std::string(word);
    return {};
}

}  // namespace

Risk check_ctid(const StatementText& statement) {
    if (!is_in_table(statement) || !statement.has_word("ctid") || statement.has_word("tableoid"))
        return std::nullopt;
    const std::string instead = "compare the primary key, or (tableoid, ctid)";
    if (statement.has_word("update") || statement.has_word("delete"))
        return StatementRisk{RiskKind::changes,
                             "ctid is unique in one partition only: rows of other partitions are affected too",
                             instead};
    return StatementRisk{RiskKind::changes, "ctid identifies a row in one partition only", instead};
}

Risk check_only(const StatementText& statement) {
    const sql::Token& head = statement.token(0);
    if (head.is_word("truncate") || head.is_word("alter") || head.is_word("create"))
        return std::nullopt;
    for (std::size_t i = 0; i + 1 < statement.tokens.size(); ++i) {
        if (!statement.tokens[i].is_word("only"))
            continue;
        const std::size_t name = i + (statement.token(i + 1).is_punctuation('(') ? 2 : 1);
        if (!statement.names_table(name))
            continue;
        const std::string table = sql::quoted(statement.table.name);
        return StatementRisk{RiskKind::changes,
                             fmt::format("ONLY {} will mean the parent without its partitions: it {}", table,
                                         head.is_word("lock") ? "locks no partition" : "finds no row"),
                             "leave out ONLY: the table has no children today"};
    }
    return std::nullopt;
}

/// A routed row is made for its partition: its xmin is not to be had through the parent (0A000, heap slots only).
Risk check_insert_returning(const StatementText& statement) {
    static constexpr std::array<std::string_view, 4> transaction_columns{"xmin", "xmax", "cmin", "cmax"};
    const std::size_t returning = returning_of_insert(statement);
    if (returning == std::string::npos)
        return std::nullopt;
    const std::string column = first_of(statement, returning, transaction_columns);
    if (column.empty())
        return std::nullopt;
    return StatementRisk{
        RiskKind::breaks,
        fmt::format("INSERT ... RETURNING {} cannot retrieve a system column of a partitioned table (0A000)", column),
        "use your own version column (in EF Core, in place of xmin as the concurrency token)"};
}

Risk check_copy_to(const StatementText& statement) {
    if (!statement.token(0).is_word("copy") || !statement.names_table(1))
        return std::nullopt;
    for (std::size_t i = 2; i < statement.tokens.size(); ++i) {
        if (statement.tokens[i].is_word("from"))
            return std::nullopt;
        if (statement.tokens[i].is_word("to"))
            return StatementRisk{
                RiskKind::breaks, "COPY ... TO cannot read a partitioned table (42809)",
                fmt::format("write COPY (SELECT ... FROM {0}) TO. Also, pg_dump -t {0} will dump no row: name the "
                            "partitions too, or use --table-and-children (pg_dump 16 and newer)",
                            sql::quoted(statement.table.name))};
    }
    return std::nullopt;
}

Risk check_truncate_only(const StatementText& statement) {
    if (!statement.token(0).is_word("truncate"))
        return std::nullopt;
    for (std::size_t i = 1; i < statement.tokens.size(); ++i)
        if (statement.tokens[i].is_word("only") &&
            statement.names_table(i + (statement.token(i + 1).is_punctuation('(') ? 2 : 1)))
            return StatementRisk{RiskKind::breaks, "TRUNCATE ONLY of a partitioned table is refused (42809)",
                                 "leave out ONLY"};
    return std::nullopt;
}

Risk check_index_concurrently(const StatementText& statement) {
    const sql::Facts facts = sql::facts(statement.text);
    const std::string instead = "put it into a tripmig migration, which works partition by partition";
    const auto is_table = [&](const sql::NameParts& name) {
        return !name.empty() && name.back() == statement.table.name.name &&
               (name.size() < 2 || name[name.size() - 2] == statement.table.name.schema);
    };
    if (facts.index && facts.index->is_concurrent && is_table(facts.index->table))
        return StatementRisk{RiskKind::breaks, "CREATE INDEX CONCURRENTLY on a partitioned table is refused (0A000)",
                             instead};
    if (!facts.drop_index || !facts.drop_index->is_concurrent)
        return std::nullopt;
    for (const sql::NameParts& name : facts.drop_index->names)
        for (const db::IndexInfo& index : statement.table.indexes)
            if (!name.empty() && name.back() == index.name.name)
                return StatementRisk{RiskKind::breaks,
                                     fmt::format("DROP INDEX CONCURRENTLY {} of a partitioned table is refused (0A000)",
                                                 sql::quote_ident(index.name.name)),
                                     instead};
    return std::nullopt;
}

Risk check_relation_size(const StatementText& statement) {
    static constexpr std::array<std::string_view, 4> functions{"pg_total_relation_size", "pg_relation_size",
                                                               "pg_table_size", "pg_indexes_size"};
    const std::string& name = statement.table.name.name;
    for (std::size_t i = 0; i + 2 < statement.tokens.size(); ++i) {
        const std::string function = first_of(statement, i, functions);
        if (function.empty())
            return std::nullopt;
        if (!statement.tokens[i].is_word(function) || !statement.token(i + 1).is_punctuation('('))
            continue;
        const sql::Token& argument = statement.token(i + 2);
        const std::string value = argument.kind == sql::TokenKind::string ? argument.value() : std::string();
        const bool is_table = value == name || value == statement.table.name.schema + "." + name ||
                              value == sql::quoted(statement.table.name);
        if (!is_table && argument.kind != sql::TokenKind::parameter)
            continue;
        return StatementRisk{
            RiskKind::changes,
            fmt::format("{} of the partitioned table is 0{}", function,
                        is_table ? "" : fmt::format(" (if its parameter names {})", sql::quoted(statement.table.name))),
            fmt::format("write SELECT sum({}(relid)) FROM pg_partition_tree('{}')", function,
                        sql::quoted(statement.table.name))};
    }
    return std::nullopt;
}

}  // namespace tripmig::swap
