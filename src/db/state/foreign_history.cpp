#include "db/state/foreign_history.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/checksum.hpp"
#include "base/error.hpp"
#include "db/statements.hpp"
#include "sql/identifier.hpp"
#include "sql/split_identifier.hpp"

namespace tripmig::db {

namespace {

/// "version integer" and so on, as the catalog tells them.
class Columns {
  public:
    explicit Columns(std::vector<std::string> columns) : m_columns(std::move(columns)) {}

    [[nodiscard]] bool has(std::string_view name, std::string_view type = {}) const {
        return std::any_of(m_columns.begin(), m_columns.end(), [&](const std::string& column) {
            return column.compare(0, name.size(), name) == 0 && column.size() > name.size() &&
                   column[name.size()] == ' ' && (type.empty() || column.substr(name.size() + 1) == type);
        });
    }

  private:
    std::vector<std::string> m_columns;
};

std::optional<ForeignTool> recognise_tool(const Columns& columns) {
    if (columns.has("installed_rank") && columns.has("script") && columns.has("checksum") && columns.has("success"))
        return ForeignTool::flyway;
    if (columns.has("version_id") && columns.has("is_applied"))
        return ForeignTool::goose;
    if (columns.has("version") && columns.has("dirty"))
        return ForeignTool::golang_migrate;
    if (columns.has("version", "character varying") && !columns.has("inserted_at"))
        return ForeignTool::dbmate;
    return std::nullopt;
}

/// With the names of ForeignRow's members.
std::string rows_sql(const ForeignTable& table) {
    const std::string name = sql::quoted(table.name);
    switch (table.tool) {
        case ForeignTool::flyway:
            return fmt::format(
                "SELECT version, description, type, script, checksum, COALESCE(success, false) AS is_good FROM {} "
                "ORDER BY installed_rank",
                name);
        case ForeignTool::golang_migrate:
            return fmt::format("SELECT version, COALESCE(NOT dirty, false) AS is_good FROM {}", name);
        case ForeignTool::dbmate:
            return fmt::format("SELECT version, true AS is_good FROM {} ORDER BY version", name);
        case ForeignTool::goose:
            break;
    }
    return fmt::format(
        "SELECT DISTINCT ON (version_id) version_id AS version, COALESCE(is_applied, false) AS is_good FROM {} "
        "ORDER BY version_id, id DESC",
        name);
}

std::string fingerprint_sql(const ForeignTable& table) {
    return fmt::format(
        "SELECT pg_catalog.md5(COALESCE(pg_catalog.string_agg(line, ' ' ORDER BY line), '')) "
        "FROM (SELECT entry::pg_catalog.text AS line FROM {} AS entry) AS lines",
        sql::quoted(table.name));
}

/// Java's String.hashCode() of a UTF-8 text, which counts UTF-16 code units.
std::int32_t java_hash(std::string_view text) {
    std::uint32_t hash = 0;
    const auto add = [&hash](std::uint32_t unit) { hash = hash * 31U + unit; };
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        std::uint32_t point = length == 1 ? lead : lead & (0xFFU >> (length + 1));
        for (std::size_t j = 1; j < length && i + j < text.size(); ++j)
            point = point << 6U | (static_cast<unsigned char>(text[i + j]) & 0x3FU);
        if (point >= 0x10000) {
            add(0xD800U + ((point - 0x10000U) >> 10U));
            add(0xDC00U + ((point - 0x10000U) & 0x3FFU));
        } else {
            add(point);
        }
        i += length;
    }
    return static_cast<std::int32_t>(hash);
}

std::int64_t golang_migrate_key(const QualifiedName& table, std::string_view database) {
    constexpr std::uint32_t salt = 1486364155;
    std::string bytes = table.schema;
    bytes.append(1, '\0').append(table.name).append(1, '\0').append(database);
    return std::int64_t{static_cast<std::uint32_t>(crc32(bytes) * salt)};
}

}  // namespace

std::string_view display_name(ForeignTool tool) {
    switch (tool) {
        case ForeignTool::golang_migrate:
            return "golang-migrate";
        case ForeignTool::dbmate:
            return "dbmate";
        case ForeignTool::goose:
            return "goose";
        case ForeignTool::flyway:
            break;
    }
    return "Flyway";
}

std::vector<ForeignTable> find_foreign_tables(Connection& connection, const std::string& table) {
    std::vector<std::string> names{"flyway_schema_history", "schema_version", "schema_migrations", "goose_db_version"};
    std::optional<std::string> schema;
    if (!table.empty()) {
        const auto parts = sql::split_identifier(table);
        if (!parts || parts->size() > 2)
            throw Error(ExitCode::usage, fmt::format("--table {}: not a valid table name", table),
                        "write schema.table, with double quotes around a name with capitals");
        names = {parts->back()};
        if (parts->size() == 2)
            schema = parts->front();
    }
    std::vector<ForeignTable> found;
    for (const Row& row : connection.execute(std::string(statements::foreign_tables), {joined_list(names), schema}))
        if (const auto tool = recognise_tool(Columns(row.list("columns"))))
            found.push_back({*tool, row.name()});
    return found;
}

ForeignHistory read_foreign_history(Connection& connection, const ForeignTable& table) {
    ForeignHistory history{table, {}, {}};
    history.fingerprint = connection.execute(fingerprint_sql(table)).text();
    for (const Row& row : connection.execute(rows_sql(table))) {
        ForeignRow& read = history.rows.emplace_back();
        read.version = row.text_or_empty("version");
        read.is_good = row.flag("is_good");
        if (table.tool != ForeignTool::flyway)
            continue;
        read.description = row.text_or_empty("description");
        read.type = row.text_or_empty("type");
        read.script = row.text_or_empty("script");
        read.checksum = row.optional_number("checksum");
    }
    return history;
}

Step unchanged_step(const ForeignHistory& history) {
    Step step;
    step.sql = fmt::format("SELECT ({}) OPERATOR(pg_catalog.=) $1", fingerprint_sql(history.table));
    step.parameters = {history.fingerprint};
    step.why = "nobody wrote to it after it was read";
    step.refusal = fmt::format("{} changed while it was read: {} is working; run this again when it is done",
                               sql::quoted(history.table.name), display_name(history.table.tool));
    return step;
}

std::vector<std::int64_t> foreign_lock_keys(const ForeignTable& table, std::string_view database) {
    constexpr std::int64_t flyway_base = 77431708279161;
    constexpr std::int64_t goose_key = 4097083626;
    switch (table.tool) {
        case ForeignTool::flyway:
            return {flyway_base + java_hash(fmt::format("\"{}\".\"{}\"", table.name.schema, table.name.name))};
        case ForeignTool::golang_migrate:
            return {golang_migrate_key(table.name, database),
                    golang_migrate_key(table.name, fmt::format("/{}", database))};
        case ForeignTool::goose:
            return {goose_key};
        case ForeignTool::dbmate:
            break;
    }
    return {};
}

}  // namespace tripmig::db
