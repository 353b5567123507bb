#include "partition/adopt/inspect.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/civil.hpp"
#include "base/error.hpp"
#include "ddl/leaf.hpp"
#include "ddl/registry/registry.hpp"
#include "partition/statements.hpp"

namespace tripmig::partition {

namespace {

std::vector<Zone> read_zones(db::StepConnection& connection, const std::vector<Instant>& moments,
                             const std::string& wanted) {
    std::vector<std::string> listed;
    for (const Instant moment : moments)
        listed.push_back(format_timestamp(moment, "+00"));
    Step look;
    look.sql = statements::zone_times;
    look.parameters = {db::joined_list(listed), wanted};
    std::vector<Zone> zones;
    for (const db::Row& row : connection.execute(look)) {
        std::vector<ddl::TimeZone::Offset> offsets;
        const std::vector<std::string> east = row.list("east");
        for (std::size_t i = 0; i < east.size() && i < moments.size(); ++i)
            offsets.push_back({moments[i], std::chrono::seconds(std::stoll(east[i]))});
        if (!offsets.empty())
            zones.push_back(std::make_shared<const ddl::TimeZone>(row.text("name"), std::move(offsets)));
    }
    return zones;
}

void require_zone(db::StepConnection& connection, const std::string& zone) {
    Step look;
    look.sql = "SELECT EXISTS (SELECT FROM pg_catalog.pg_timezone_names AS z WHERE z.name = $1)";
    look.parameters = {zone};
    if (!connection.execute(look).flag())
        throw Error(ExitCode::usage, fmt::format("--time-zone {}: the server has no such time zone", zone),
                    "names are those of: SELECT name FROM pg_timezone_names");
}

}  // namespace

TableFacts read_table_facts(db::StepConnection& connection, const QualifiedName& table) {
    const db::PolicyTables found =
        db::read_policy_tables(connection, {{table, ddl::registry_name(table).name}}, ddl::default_guard_name);
    return {table, found.tables.front(), found.now};
}

PolicyDraft read_draft(db::StepConnection& connection, const TableFacts& facts, const DraftWishes& wishes) {
    require_range_partitioned(facts);
    for (const std::string& zone : {wishes.time_zone, wishes.zone_of_several})
        if (!zone.empty())
            require_zone(connection, zone);
    const std::vector<Instant> moments = moments_for_zones(facts, wishes);
    if (moments.empty())
        return draft_policy(facts, wishes, {}, {});
    // What the role and the database have, whatever this session has set.
    const std::string server_zone =
        connection.execute("SELECT s.reset_val FROM pg_catalog.pg_settings AS s WHERE s.name = 'TimeZone'").text();
    return draft_policy(facts, wishes, read_zones(connection, moments, wishes.time_zone + wishes.zone_of_several),
                        server_zone);
}

}  // namespace tripmig::partition
