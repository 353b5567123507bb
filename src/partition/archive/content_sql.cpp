#include "partition/archive/content_sql.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace {

std::string column_list(const std::vector<std::string>& columns, std::size_t from, std::size_t to) {
    std::string text;
    for (std::size_t i = from; i < to; ++i)
        text += (i == from ? "" : ", ") + sql::quote_ident(columns[i]);
    return text;
}

/// A function takes 100 arguments at most.
std::string row_text(const std::vector<std::string>& columns) {
    constexpr std::size_t at_once = 90;
    std::string text;
    for (std::size_t from = 0; from < columns.size(); from += at_once) {
        const std::size_t to = std::min(from + at_once, columns.size());
        std::string form;
        for (std::size_t i = from; i < to; ++i)
            form += i == from ? "%L" : ",%L";
        text += fmt::format("{}pg_catalog.format('{}', {})", text.empty() ? "" : " || ',' || ", form,
                            column_list(columns, from, to));
    }
    return text;
}

std::string hash_text(const std::vector<std::string>& columns) {
    return fmt::format(
        "COALESCE(pg_catalog.sum(('x' || "
        "pg_catalog.substr(pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to({}, "
        "'UTF8')), 'hex'), 1, 16))::pg_catalog.bit(64)::pg_catalog.int8), 0)",
        row_text(columns));
}

}  // namespace

std::string content_sql(const QualifiedName& table, const std::vector<std::string>& columns) {
    return fmt::format("SELECT pg_catalog.count(*) AS rows, {}::pg_catalog.text AS hash FROM {}", hash_text(columns),
                       sql::quoted(table));
}

std::string has_content_sql(const QualifiedName& table, const std::vector<std::string>& columns,
                            const Content& content) {
    return fmt::format("SELECT pg_catalog.count(*) = {} AND {} = {} FROM {}", content.rows, hash_text(columns),
                       content.hash, sql::quoted(table));
}

std::string copy_out_sql(const QualifiedName& table, const std::vector<std::string>& columns) {
    return fmt::format("COPY (SELECT {} FROM {}) TO STDOUT", column_list(columns, 0, columns.size()),
                       sql::quoted(table));
}

std::string definition_sql(const QualifiedName& table) {
    return fmt::format(
        "WITH t AS (SELECT {}::pg_catalog.regclass::pg_catalog.oid AS oid) "
        "SELECT 'column' AS part, a.attname AS name, "
        "pg_catalog.format('%I %s', a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod)) "
        "|| CASE WHEN a.attcollation <> y.typcollation THEN (SELECT pg_catalog.format(' COLLATE %I.%I', n.nspname, "
        "l.collname) FROM pg_catalog.pg_collation AS l JOIN pg_catalog.pg_namespace AS n ON n.oid = l.collnamespace "
        "WHERE "
        "l.oid = a.attcollation) ELSE '' END "
        "|| CASE WHEN a.attgenerated = '' THEN '' ELSE pg_catalog.format(' GENERATED ALWAYS AS (%s) STORED', "
        "pg_catalog.pg_get_expr(d.adbin, d.adrelid)) END "
        "|| CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END AS sql, "
        "a.attgenerated <> '' AS is_generated, 1 AS rank, a.attnum::pg_catalog.int8 AS position "
        "FROM t JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid JOIN pg_catalog.pg_type AS y ON y.oid = "
        "a.atttypid "
        "LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum "
        "WHERE a.attnum > 0 AND NOT a.attisdropped "
        "UNION ALL SELECT 'constraint', k.conname, pg_catalog.pg_get_constraintdef(k.oid), false, 2, "
        "k.oid::pg_catalog.int8 "
        "FROM t JOIN pg_catalog.pg_constraint AS k ON k.conrelid = t.oid AND k.contype IN ('c', 'p', 'u', 'x') "
        "UNION ALL SELECT 'index', '', pg_catalog.pg_get_indexdef(i.indexrelid), false, 3, "
        "i.indexrelid::pg_catalog.int8 "
        "FROM t JOIN pg_catalog.pg_index AS i ON i.indrelid = t.oid AND i.indisvalid "
        "WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.conrelid = "
        "t.oid) "
        "UNION ALL SELECT 'statistics', '', pg_catalog.pg_get_statisticsobjdef(s.oid), false, 4, "
        "s.oid::pg_catalog.int8 "
        "FROM t JOIN pg_catalog.pg_statistic_ext AS s ON s.stxrelid = t.oid "
        "ORDER BY rank, position",
        sql::quote_literal(sql::quoted(table)));
}

}  // namespace tripmig::partition
