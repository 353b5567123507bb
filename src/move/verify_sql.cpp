#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ddl/index_definition.hpp"
#include "move/keys.hpp"
#include "move/verify.hpp"
#include "sql/identifier.hpp"

namespace tripmig::move {

namespace {

/// Types of which two equal values always have one form.
bool has_one_form(const std::string& type) {
    static constexpr std::array<std::string_view, 9> types{"smallint",
                                                           "integer",
                                                           "bigint",
                                                           "boolean",
                                                           "uuid",
                                                           "date",
                                                           "bytea",
                                                           "timestamp without time zone",
                                                           "timestamp with time zone"};
    const std::size_t open = type.find('(');
    if (open == std::string::npos)
        return std::find(types.begin(), types.end(), type) != types.end();
    return type.compare(0, 10, "timestamp(") == 0;
}

std::string hash_of(const Comparison& comparison) {
    std::string row;
    for (const std::string& expression : comparison.hashed)
        row += (row.empty() ? "" : ", ") + expression;
    return fmt::format("pg_catalog.hash_record_extended(ROW({}), 0)", row);
}

std::string not_in_log(const Comparison& comparison) {
    return fmt::format("NOT EXISTS (SELECT FROM {} AS l WHERE {})", sql::quoted(comparison.log),
                       equal_keys(comparison.keys, "l", "r"));
}

/// Two halves of the 64 bits: their sums stay within bigint, and a sum of hashes minds rows that are there twice.
constexpr std::string_view digests =
    "pg_catalog.count(*), COALESCE(pg_catalog.sum(h & 4294967295), 0)::pg_catalog.int8, "
    "COALESCE(pg_catalog.sum(h >> 32), 0)::pg_catalog.int8";

std::string key_text(const Comparison& comparison, std::string_view of) {
    std::string text;
    for (const std::string& key : comparison.keys)
        text += fmt::format("{}{}.{}::pg_catalog.text", text.empty() ? "" : ", ", of, sql::quote_ident(key));
    return fmt::format("pg_catalog.concat_ws(', ', {})", text);
}

}  // namespace

std::vector<std::string> hashed_columns(const db::TableInfo& table, const std::vector<std::string>& columns) {
    std::vector<std::string> expressions;
    for (const std::string& name : columns) {
        const db::ColumnInfo* column = table.column(name);
        const bool as_it_is = column != nullptr && has_one_form(column->type);
        expressions.push_back(fmt::format("r.{}{}", sql::quote_ident(name), as_it_is ? "" : "::pg_catalog.text"));
    }
    return expressions;
}

std::string plain_digest_sql(const Comparison& comparison, std::int64_t first_block, std::int64_t past_block) {
    std::string thresholds;
    for (const ComparedLeaf& leaf : comparison.leaves)
        thresholds += (thresholds.empty() ? "" : ", ") + leaf.lower;
    return fmt::format(
        "SELECT bucket, {} FROM (SELECT pg_catalog.width_bucket(r.{}, ARRAY[{}]::{}[]) AS bucket, {} AS h FROM ONLY {} "
        "AS r WHERE ctid >= '({},0)'::pg_catalog.tid AND ctid < '({},0)'::pg_catalog.tid AND {}) AS hashed GROUP BY "
        "bucket",
        digests, sql::quote_ident(comparison.partition_key), thresholds, comparison.partition_key_type,
        hash_of(comparison), sql::quoted(comparison.plain), first_block, past_block, not_in_log(comparison));
}

std::string leaf_digest_sql(const Comparison& comparison, const ComparedLeaf& leaf) {
    return fmt::format("SELECT {} FROM (SELECT {} AS h FROM {} AS r WHERE {}) AS hashed", digests, hash_of(comparison),
                       sql::quoted(leaf.name), not_in_log(comparison));
}

std::string differing_keys_sql(const Comparison& comparison, const ComparedLeaf& leaf) {
    const std::string keys = ddl::column_list(comparison.keys);
    const std::string hash = hash_of(comparison);
    const std::string key = sql::quote_ident(comparison.partition_key);
    const std::string columns = [&] {
        std::string text;
        for (const std::string& each : comparison.keys)
            text += fmt::format("r.{}, ", sql::quote_ident(each));
        return text;
    }();
    return fmt::format(
        "SELECT CASE WHEN a.h IS NULL THEN {8} ELSE {9} END FROM (SELECT {0}{1} AS h FROM ONLY {2} AS r WHERE r.{3} >= "
        "{4} AND r.{3} < {5} AND {6}) AS a FULL JOIN (SELECT {0}{1} AS h FROM {7} AS r WHERE {6}) AS b USING ({10}) "
        "WHERE a.h IS DISTINCT FROM b.h ORDER BY 1 LIMIT 10",
        columns, hash, sql::quoted(comparison.plain), key, leaf.lower, leaf.upper, not_in_log(comparison),
        sql::quoted(leaf.name), key_text(comparison, "b"), key_text(comparison, "a"), keys);
}

}  // namespace tripmig::move
