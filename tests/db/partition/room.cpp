#include "room.hpp"

#include <algorithm>

#include "config/connection_string.hpp"
#include "db/executor.hpp"

namespace tripmig::test {

bool Told::has(std::string_view kind) const {
    return std::any_of(m_events.begin(), m_events.end(), [&](const Event& event) { return event.kind == kind; });
}

Room::Room() {
    limits.max_create = 60;
    limits.max_drop = 12;
}

config::DatabaseConfig Room::config() const {
    config::DatabaseConfig config;
    config.parameters = config::parse_connection_string(database.url());
    return config;
}

partition::Snapshot Room::inspect(const config::PartitionPolicy& policy, std::string_view now) {
    const StopSignal stop;
    db::Connection connection(config(), "test", told, stop, db::SessionSettings::own);
    partition::Overview overview = partition::read_overview(connection, {policy}, parse_timestamp(now).value());
    if (overview.tables[0].error)
        throw Error(*overview.tables[0].error);
    db::Session reader = session();
    partition::inspect_all(reader, policy, limits, *overview.tables[0].snapshot);
    return std::move(*overview.tables[0].snapshot);
}

partition::MaintenancePlan Room::plan(const config::PartitionPolicy& policy, std::string_view now) {
    return partition::plan_maintenance(inspect(policy, now), policy, limits);
}

namespace {

db::LockPolicy short_patience() {
    db::LockPolicy locks;
    locks.lock_timeout = std::chrono::milliseconds(200);
    locks.lock_deadline = std::chrono::seconds(5);
    return locks;
}

}  // namespace

std::vector<Error> Room::run(const partition::MaintenancePlan& plan) {
    const StopSignal stop;
    const SystemClock clock;
    const config::DatabaseConfig server = config();
    db::Connection connection(server, "test", told, stop, db::SessionSettings::own);
    db::Executor executor(connection, short_patience(), told, clock, stop);
    try {
        for (const partition::Act& act : plan.acts)
            for (const Unit& unit : act.units)
                executor.run(unit);
    } catch (const Error& error) {
        return {error};
    }
    return {};
}

partition::TableOutcome Room::maintain(const config::PartitionPolicy& policy, std::string_view now) {
    const StopSignal stop;
    const SystemClock clock;
    const config::DatabaseConfig database_config = config();
    db::Connection connection(database_config, "test", told, stop, db::SessionSettings::own);
    db::Executor executor(connection, short_patience(), told, clock, stop);
    partition::SessionOnDemand on_demand(database_config, "test");
    partition::Server server{executor, on_demand, told, clock, stop};
    return partition::maintain(
               server, {policy}, [&](const config::PartitionPolicy&) { return limits; }, parse_timestamp(now).value())
        .tables.at(0);
}

std::string Room::leaves(const std::string& table) const {
    return database.scalar(
        "SELECT coalesce(string_agg(inhrelid::regclass::text, ' ' ORDER BY inhrelid::regclass::text), '') "
        "FROM pg_inherits WHERE inhparent = $1::regclass",
        {table});
}

config::PartitionPolicy monthly() {
    config::PartitionPolicy policy;
    policy.table = {"public", "orders"};
    policy.key = "at";
    policy.interval = CalendarInterval{1, 0, 0};
    policy.premake = 2;
    return policy;
}

std::string names(const std::vector<ddl::Leaf>& leaves) {
    std::string text;
    for (const ddl::Leaf& leaf : leaves)
        text += (text.empty() ? "" : " ") + leaf.name.name;
    return text;
}

std::string messages(const std::vector<Error>& errors) {
    std::string text;
    for (const Error& error : errors)
        text += error.message() + "\n";
    return text;
}

}  // namespace tripmig::test
