#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "backfill/keys.hpp"
#include "backfill/verify.hpp"
#include "ddl/column_text.hpp"
#include "ddl/index_definition.hpp"
#include "sql/identifier.hpp"

namespace tripmig::backfill {

namespace {

/// The type's name without its modifier: "timestamp(3) without time zone" is "timestamp without time zone".
std::string without_modifier(std::string type) {
    const std::size_t open = type.find('(');
    if (open != std::string::npos)
        type.erase(open, type.find(')', open) + 1 - open);
    return type;
}

/// The function that hashes a type of which two equal values always have one form; empty: its text is hashed, or it is
/// one of is_hashed_in_row().
std::string_view hash_function(const std::string& type) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> functions{
        {{"bigint", "hashint8extended"},
         {"integer", "hashint4extended"},
         {"smallint", "hashint2extended"},
         {"uuid", "uuid_hash_extended"},
         {"timestamp without time zone", "timestamp_hash_extended"}}};
    const auto found =
        std::find_if(functions.begin(), functions.end(), [&](const auto& each) { return each.first == type; });
    return found == functions.end() ? std::string_view() : found->second;
}

/// Those have one form too, and no function of a name that all server versions share: as parts of a row.
bool is_hashed_in_row(const std::string& type) {
    return type == "boolean" || type == "date" || type == "bytea" || type == "timestamp with time zone";
}

/// `seed` is an expression too. NULL hashes to 1.
std::string column_hash(const db::ColumnInfo& column, const std::string& seed) {
    const std::string value = "r." + sql::quote_ident(column.name);
    const std::string_view function = hash_function(without_modifier(column.type));
    const auto call = [&](std::string_view with) {
        return function.empty() ? fmt::format(
                                      "pg_catalog.hashtextextended({}::pg_catalog.text COLLATE "
                                      "pg_catalog.\"C\", {})",
                                      value, with)
                                : fmt::format("pg_catalog.{}({}, {})", function, value, with);
    };
    if (column.not_null)
        return call(seed);
    const std::string hash = fmt::format("COALESCE({}, 1)", call("0"));
    return seed == "0" ? hash : fmt::format("pg_catalog.hashint8extended({}, {})", hash, seed);
}

/// Of a few columns: a deep expression costs the server's stack. Nullable ones first: the first needs no seed, and so
/// one call less for each row.
std::string hash_of(std::span<const db::ColumnInfo*> columns) {
    std::stable_partition(columns.begin(), columns.end(), [](const auto* column) { return !column->not_null; });
    std::string hash = "0";
    std::string row;
    for (const db::ColumnInfo* column : columns) {
        if (is_hashed_in_row(without_modifier(column->type)))
            row += fmt::format("{}r.{}", row.empty() ? "" : ", ", sql::quote_ident(column->name));
        else
            hash = column_hash(*column, hash);
    }
    return row.empty() ? hash : fmt::format("pg_catalog.hash_record_extended(ROW({}), {})", row, hash);
}

/// Asking for each row costs a quarter of the time.
std::string not_in_log(const Comparison& comparison) {
    if (comparison.is_log_empty)
        return "TRUE";
    return fmt::format("NOT EXISTS (SELECT FROM {} AS l WHERE {})", sql::quoted(comparison.log),
                       is_named_by(comparison.key, "r", "l"));
}

/// The sum minds rows that are there twice. One aggregate: the server would work the hash out for each that it is in.
std::string digest_columns(const Comparison& comparison) {
    return fmt::format(
        "pg_catalog.count(*) AS rows, COALESCE(pg_catalog.sum({}) % 9223372036854775808, 0)::pg_catalog.int8 AS hash",
        comparison.row_hash);
}

std::string plain_rows(const Comparison& comparison, const ComparedBlocks& blocks) {
    return fmt::format(
        "FROM ONLY {} AS r WHERE r.ctid >= '({},0)'::pg_catalog.tid AND r.ctid < '({},0)'::pg_catalog.tid AND {}",
        sql::quoted(blocks.table), blocks.first, blocks.past, not_in_log(comparison));
}

std::string key_text(const Comparison& comparison, std::string_view of) {
    std::string text;
    for (const std::string& key : comparison.key.columns)
        text += fmt::format("{}{}.{}::pg_catalog.text", text.empty() ? "" : ", ", of, sql::quote_ident(key));
    return fmt::format("pg_catalog.concat_ws(', ', {})", text);
}

}  // namespace

std::string row_hash(const db::TableInfo& table, const std::vector<std::string>& columns) {
    std::vector<const db::ColumnInfo*> hashed;
    for (const std::string& name : columns)
        if (const db::ColumnInfo* column = table.column(name))
            hashed.push_back(column);
    constexpr std::size_t at_once = 32;
    std::vector<std::string> hashes;
    for (std::size_t from = 0; from < hashed.size(); from += at_once)
        hashes.push_back(hash_of(std::span(hashed).subspan(from, std::min(at_once, hashed.size() - from))));
    return hashes.size() == 1 ? hashes.front()
                              : fmt::format("pg_catalog.hash_record_extended(ROW({}), 0)", fmt::join(hashes, ", "));
}

std::string plain_digest_sql(const Comparison& comparison, const ComparedBlocks& blocks) {
    return fmt::format("SELECT {} {}", digest_columns(comparison), plain_rows(comparison, blocks));
}

// Rows without a key are where a DEFAULT partition is, and then everything is compared with the whole: one bucket.
std::string plain_buckets_sql(const Comparison& comparison, const ComparedBlocks& blocks) {
    std::string thresholds;
    for (const ComparedLeaf& leaf : comparison.leaves)
        thresholds += (thresholds.empty() ? "" : ", ") + leaf.lower;
    return fmt::format(
        "SELECT {}, COALESCE(pg_catalog.width_bucket(r.{}, ARRAY[{}]::{}[]), 1) AS bucket {} GROUP BY bucket",
        digest_columns(comparison), sql::quote_ident(comparison.partition_key), thresholds,
        comparison.partition_key_type, plain_rows(comparison, blocks));
}

std::string leaf_digest_sql(const Comparison& comparison, const ComparedLeaf& leaf) {
    return fmt::format("SELECT {} FROM {} AS r WHERE {}", digest_columns(comparison), sql::quoted(leaf.name),
                       not_in_log(comparison));
}

namespace {

/// The rows of both sides that belong to the leaf, each with what `of_row` selects of it.
struct CountedRows {
    std::string plain;
    std::string leaf;
};

CountedRows counted_rows(const Comparison& comparison, const ComparedLeaf& leaf, const std::string& of_row) {
    const std::string key = sql::quote_ident(comparison.partition_key);
    std::string counted = not_in_log(comparison);
    if (!leaf.lower.empty() && comparison.leaves.size() > 1)  // else all rows are its own, those without a key too
        counted += fmt::format(" AND r.{} >= {}", key, leaf.lower);
    if (!leaf.upper.empty())
        counted += fmt::format(" AND r.{} < {}", key, leaf.upper);
    const auto selected = [&](const std::string& table) {
        return fmt::format("SELECT {} FROM {} AS r WHERE {}", of_row, table, counted);
    };
    std::string plain = selected("ONLY " + sql::quoted(comparison.plain));
    for (const ComparedTable& table : comparison.more)
        plain += " UNION ALL " + selected("ONLY " + sql::quoted(table.name));
    return {std::move(plain), selected(sql::quoted(leaf.name))};
}

/// Rows that one side has more often, each as far as a person needs to see it.
std::string differing_rows_sql(const Comparison& comparison, const ComparedLeaf& leaf) {
    const CountedRows rows = counted_rows(comparison, leaf,
                                          fmt::format("{} AS h, pg_catalog.left(ROW({})::pg_catalog.text, 120) AS t",
                                                      comparison.row_hash, ddl::of_each("r", comparison.key.hashed)));
    const auto grouped = [](const std::string& selected) {
        return fmt::format("SELECT h, pg_catalog.count(*) AS n, pg_catalog.min(t) AS t FROM ({}) AS r GROUP BY h",
                           selected);
    };
    return fmt::format(
        "SELECT COALESCE(a.t, b.t) AS key FROM ({}) AS a FULL JOIN ({}) AS b USING (h) WHERE a.n IS DISTINCT FROM b.n "
        "ORDER BY 1 LIMIT 10",
        grouped(rows.plain), grouped(rows.leaf));
}

}  // namespace

std::string differing_keys_sql(const Comparison& comparison, const ComparedLeaf& leaf) {
    if (comparison.key.is_hash())
        return differing_rows_sql(comparison, leaf);
    const CountedRows rows = counted_rows(
        comparison, leaf, fmt::format("{}, {} AS h", ddl::of_each("r", comparison.key.columns), comparison.row_hash));
    return fmt::format(
        "SELECT CASE WHEN a.h IS NULL THEN {2} ELSE {3} END AS key FROM ({0}) AS a FULL JOIN ({1}) AS b USING ({4}) "
        "WHERE a.h IS DISTINCT FROM b.h ORDER BY 1 LIMIT 10",
        rows.plain, rows.leaf, key_text(comparison, "b"), key_text(comparison, "a"),
        ddl::column_list(comparison.key.columns));
}

}  // namespace tripmig::backfill
