#include "db/catalog/policy_tables.hpp"

#include <charconv>
#include <map>

#include "base/civil.hpp"
#include "base/error.hpp"
#include "db/cells.hpp"
#include "db/statements.hpp"

namespace tripmig::db {

namespace {

Step read(std::string_view sql, std::vector<std::optional<std::string>> parameters = {}) {
    Step step;
    step.sql = sql;
    step.parameters = std::move(parameters);
    return step;
}

std::vector<std::string> split(std::string_view list) {
    return Cells(Row{std::string(list)}).list();
}

char letter(const Result& rows, std::size_t row, std::size_t column) {
    const std::string_view text = rows.text(row, column);
    return text.empty() ? '\0' : text.front();
}

void add_tables(const Result& rows, std::vector<PolicyTable>& tables, std::map<std::int64_t, std::size_t>& places) {
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        const auto place = static_cast<std::size_t>(rows.number(i, 0) - 1);
        PolicyTable& table = tables.at(place);
        table.oid = static_cast<std::uint32_t>(rows.number(i, 1));
        table.kind = letter(rows, i, 2);
        table.strategy = letter(rows, i, 3);
        if (table.strategy != '\0')
            table.key_columns = split(rows.text(i, 4));
        if (table.strategy != '\0' && table.key_columns.empty())
            table.key_columns.emplace_back();  // one expression: a list of one empty name
        table.key_type = rows.text(i, 5);
        table.has_registry = rows.flag(i, 6);
        places.emplace(rows.number(i, 1), place);
    }
}

void add_partitions(const Result& rows, std::vector<PolicyTable>& tables,
                    const std::map<std::int64_t, std::size_t>& places) {
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        const auto found = places.find(rows.number(i, 0));
        if (found == places.end())
            continue;
        PolicyTable& table = tables[found->second];
        PartitionInfo& partition = table.partitions.emplace_back();
        partition.name = {std::string(rows.text(i, 1)), std::string(rows.text(i, 2))};
        partition.oid = static_cast<std::uint32_t>(rows.number(i, 3));
        partition.bound = rows.text(i, 4);
        partition.kind = letter(rows, i, 5);
        partition.is_partitioned = partition.kind == 'p';
        partition.is_detach_pending = rows.flag(i, 6);
        const std::string_view estimate = rows.text(i, 7);
        std::from_chars(estimate.data(), estimate.data() + estimate.size(), partition.rows);
        partition.pages = rows.number(i, 8);
        table.has_guard = table.has_guard || rows.flag(i, 9);
    }
}

Instant clock_of(const Result& row) {
    const auto moment = parse_timestamp(row.text(0, 0));
    if (!moment)
        throw Error(ExitCode::unexpected, "the server's clock is unreadable: " + std::string(row.text(0, 0)));
    return *moment;
}

}  // namespace

PolicyTables read_policy_tables(Connection& connection, const std::vector<PolicyTableName>& names,
                                std::string_view guard) {
    std::vector<std::string> schemas;
    std::vector<std::string> tables;
    std::vector<std::string> registries;
    for (const PolicyTableName& name : names) {
        schemas.push_back(name.table.schema);
        tables.push_back(name.table.name);
        registries.push_back(name.registry);
    }
    const std::string in_schemas = joined_list(schemas);
    const std::string called = joined_list(tables);
    const std::vector<Result> answers =
        connection.execute_pipelined({read("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
                                      read("SELECT pg_catalog.clock_timestamp() AT TIME ZONE 'UTC'"),
                                      read(statements::policy_tables, {in_schemas, called, joined_list(registries)}),
                                      read(statements::policy_partitions, {in_schemas, called, std::string(guard)}),
                                      read(statements::policy_foreign_keys, {in_schemas, called}), read("COMMIT")});
    PolicyTables found;
    found.now = clock_of(answers.at(1));
    found.tables.resize(names.size());
    std::map<std::int64_t, std::size_t> places;
    add_tables(answers.at(2), found.tables, places);
    add_partitions(answers.at(3), found.tables, places);
    const Result& keys = answers.at(4);
    for (std::size_t i = 0; i < keys.rows(); ++i)
        found.tables[places.at(keys.number(i, 0))].references.push_back(places.at(keys.number(i, 1)));
    return found;
}

}  // namespace tripmig::db
