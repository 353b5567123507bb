#include "migrate/run/batch_key.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "migrate/dotted_name.hpp"
#include "migrate/statements.hpp"
#include "sql/identifier.hpp"

namespace tripmig::migrate {

namespace {

/// Types whose text form gives the very same value back, whatever the session's settings are but DateStyle.
constexpr std::array<std::string_view, 12> key_types = {
    "int2", "int4", "int8", "numeric", "oid", "uuid", "text", "varchar", "bpchar", "date", "timestamp", "timestamptz"};

Error refused(const ScriptStatement& statement, const std::string& why, std::string hint) {
    return Error(ExitCode::refused, "this statement can't be run in batches: " + why, std::move(hint))
        .at(position_of(statement));
}

}  // namespace

BatchKey read_batch_key(db::Connection& connection, const ScriptStatement& statement, const sql::RangeStatement& cut) {
    const std::string& by = statement.directives->batch->by;
    BatchKey key;
    key.table = dotted_name(cut.table);
    key.column = sql::quote_ident(by);
    const db::Result found = connection.execute(std::string(statements::batch_key), {key.table, by});
    if (found.empty())
        throw refused(statement, fmt::format("table {} does not exist", key.table),
                      "check its name and the search_path");
    const db::Row facts = found.row();
    if (!facts.flag("is_table"))
        throw refused(statement, fmt::format("{} is not a table", key.table), "name the table itself");
    if (!facts.flag("has_column"))
        throw refused(statement, fmt::format("{} has no column {}", key.table, key.column),
                      "batch by= names a column of the table");
    const std::string type = facts.text("base_type");
    if (std::find(key_types.begin(), key_types.end(), type) == key_types.end())
        throw refused(statement, fmt::format("{} is of type {}", key.column, facts.text("type")),
                      "batch by an integer, numeric, uuid, text or date column");
    if (!facts.flag("leads_index"))
        throw refused(statement, fmt::format("no index begins with {}", key.column),
                      "batch by the primary key, or by the first column of another btree index without WHERE");
    if (!facts.flag("not_null"))
        throw refused(statement, fmt::format("{} may be NULL, and such rows are in no range", key.column),
                      "batch by the primary key, or by another column that is NOT NULL");
    key.type = facts.text("type");
    key.rows = facts.number("rows");
    return key;
}

}  // namespace tripmig::migrate
