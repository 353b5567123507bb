#include "db/catalog/policy_tables.hpp"

#include <map>

#include "base/civil.hpp"
#include "base/error.hpp"
#include "db/result.hpp"
#include "db/statements.hpp"

namespace tripmig::db {

namespace {

Step read(std::string_view sql, std::vector<std::optional<std::string>> parameters = {}) {
    Step step;
    step.sql = sql;
    step.parameters = std::move(parameters);
    return step;
}

void add_tables(const Result& rows, std::vector<PolicyTable>& tables, std::map<std::int64_t, std::size_t>& places) {
    for (const Row& row : rows) {
        const auto place = static_cast<std::size_t>(row.number("position") - 1);
        PolicyTable& table = tables.at(place);
        table.oid = row.oid("oid");
        table.kind = row.letter("relkind");
        table.strategy = row.letter("strategy");
        if (table.strategy != '\0')
            table.key_columns = row.list("key_columns");
        if (table.strategy != '\0' && table.key_columns.empty())
            table.key_columns.emplace_back();  // one expression: a list of one empty name
        table.key_type = row.text("key_type");
        table.has_registry = row.flag("has_registry");
        places.emplace(row.number("oid"), place);
    }
}

void add_partitions(const Result& rows, std::vector<PolicyTable>& tables,
                    const std::map<std::int64_t, std::size_t>& places) {
    for (const Row& row : rows) {
        const auto found = places.find(row.number("inhparent"));
        if (found == places.end())
            continue;
        PolicyTable& table = tables[found->second];
        PartitionInfo& partition = table.partitions.emplace_back();
        partition.name = row.name("nspname", "relname");
        partition.oid = row.oid("oid");
        partition.bound = row.text("bound");
        partition.kind = row.letter("relkind");
        partition.is_partitioned = partition.kind == 'p';
        partition.is_detach_pending = row.flag("inhdetachpending");
        partition.rows = row.decimal("reltuples");
        partition.pages = row.number("relpages");
        table.has_guard = table.has_guard || row.flag("has_guard");
    }
}

Instant clock_of(const Result& answer) {
    const std::string text = answer.text();
    const auto moment = parse_timestamp(text);
    if (!moment)
        throw Error(ExitCode::unexpected, "the server's clock is unreadable: " + text);
    return *moment;
}

}  // namespace

PolicyTables read_policy_tables(StepConnection& connection, const std::vector<PolicyTableName>& names,
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
    for (const Row& key : answers.at(4))
        found.tables[places.at(key.number("conrelid"))].references.push_back(places.at(key.number("confrelid")));
    return found;
}

}  // namespace tripmig::db
