#include "app/partition/adopt.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/counted.hpp"
#include "partition/adopt/partman_server.hpp"
#include "partition/outcome.hpp"
#include "sql/identifier.hpp"

namespace tripmig::app {

namespace {

using partition::PartmanTable;

void require_listed(const std::vector<PartmanTable>& rows, const std::vector<QualifiedName>& wanted,
                    const std::string& schema) {
    for (const QualifiedName& table : wanted)
        if (std::none_of(rows.begin(), rows.end(), [&](const PartmanTable& row) { return row.table == table; }))
            throw Error(ExitCode::refused,
                        fmt::format("{}.part_config has no row for {}", sql::quote_ident(schema), sql::quoted(table)),
                        "for a table that pg_partman does not maintain: tripmig partition init TABLE");
}

/// Sub-partitions have rows of their own: the policy of their table covers them.
std::vector<PartmanTable> chosen_rows(std::vector<PartmanTable> rows, const AdoptPartitionsOptions& options,
                                      const std::string& schema) {
    std::vector<QualifiedName> wanted;
    for (const std::string& table : options.tables)
        wanted.push_back(config::parse_table_name(table));
    require_listed(rows, wanted, schema);
    rows.erase(std::remove_if(rows.begin(), rows.end(),
                              [&](const PartmanTable& row) {
                                  return wanted.empty()
                                             ? row.is_partition
                                             : std::find(wanted.begin(), wanted.end(), row.table) == wanted.end();
                              }),
               rows.end());
    return rows;
}

NewPolicy plan_policy(const Context& context, ReadingServer& reading, const PartmanTable& row,
                      const AdoptPartitionsOptions& options) {
    partition::PartmanReading read = partition::read_partman_table(row);
    read.wishes.zone_of_several = options.time_zone;
    NewPolicy policy = make_policy(
        context, reading, row.table, read.wishes,
        fmt::format("Made by `tripmig partition adopt` from pg_partman's part_config for {}.", sql::quoted(row.table)));
    policy.file = context.config.partitions.dir / partition::policy_file_name(row.table);
    policy.notes.insert(policy.notes.begin(), read.notes.begin(), read.notes.end());
    return policy;
}

AdoptedTable adopt_table(const Context& context, ReadingServer& reading, const PartmanTable& row,
                         const AdoptPartitionsOptions& options) {
    AdoptedTable adopted;
    adopted.table = row.table;
    try {
        adopted.former = policy_file_of(context, row.table);
        if (!adopted.former.empty())
            return adopted;
        adopted.policy = plan_policy(context, reading, row, options);
        require_no_file(adopted.policy->file);
        if (!options.is_dry_run) {
            write_policy(*adopted.policy);
            adopted.is_written = true;
        }
    } catch (const Error& error) {
        if (reading.server().concerns_every_table(error))
            throw;
        adopted.error = error;
    }
    return adopted;
}

void take_over(ReadingServer& reading, AdoptPartitionsResult& result) {
    std::vector<QualifiedName> tables;
    for (AdoptedTable& table : result.tables)
        if (table.is_written || !table.former.empty()) {
            tables.push_back(table.table);
            table.is_taken_over = true;
        }
    if (!tables.empty())
        partition::switch_partman_off(reading.server().session.get(), result.schema, tables);
}

void tell(Reporter& reporter, const AdoptedTable& table) {
    const std::string name = sql::quoted(table.table);
    if (table.error)
        return reporter.emit(Event{Severity::error, "adopt.failed", describe(*table.error), {}, std::nullopt});
    if (!table.former.empty())
        reporter.info("adopt.kept", fmt::format("{} has a policy already: {}", name, table.former.string()));
    if (table.policy)
        for (const std::string& note : table.policy->notes)
            reporter.warning("adopt.note", fmt::format("{}: {}", name, note));
    if (table.is_written)
        reporter.info("adopt.done", fmt::format("{}: wrote {}", name, table.policy->file.string()));
    if (table.is_taken_over)
        reporter.info("adopt.taken-over", fmt::format("{}: pg_partman's automatic maintenance is off", name));
}

}  // namespace

ExitCode AdoptPartitionsResult::exit_code() const {
    std::vector<partition::TableOutcome> outcomes(tables.size());
    for (std::size_t i = 0; i < tables.size(); ++i)
        if (tables[i].error)
            outcomes[i].errors.push_back(*tables[i].error);
    return partition::exit_code_of(outcomes);
}

AdoptPartitionsResult adopt_partitions(const Context& context, const AdoptPartitionsOptions& options) {
    ReadingServer reading(context, "partition-adopt");
    db::Session& session = reading.server().session.get();
    AdoptPartitionsResult result;
    result.schema = partition::find_partman(session, options.schema);
    const bool takes_over = options.takes_over && !options.is_dry_run;
    if (options.takes_over)
        partition::require_take_over(session, result.schema);
    for (const PartmanTable& row :
         chosen_rows(partition::read_partman(session, result.schema), options, result.schema)) {
        context.stop.check();
        result.tables.push_back(adopt_table(context, reading, row, options));
    }
    // Not before the files are there: a table would be nobody's.
    if (takes_over)
        take_over(reading, result);
    for (const AdoptedTable& table : result.tables)
        tell(context.reporter, table);
    if (result.tables.empty())
        context.reporter.info("adopt.none",
                              fmt::format("{}.part_config has no table", sql::quote_ident(result.schema)));
    return result;
}

}  // namespace tripmig::app
