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
    db::Session reader = session();
    return partition::inspect(reader, policy, limits, parse_timestamp(now).value());
}

partition::MaintenancePlan Room::plan(const config::PartitionPolicy& policy, std::string_view now) {
    return partition::plan_maintenance(inspect(policy, now), policy, limits);
}

partition::TableOutcome Room::run(const partition::MaintenancePlan& plan) {
    const StopSignal stop;
    const SystemClock clock;
    const config::DatabaseConfig server = config();
    db::Connection connection(server, "test", told, stop, db::SessionSettings::own);
    db::LockPolicy locks;
    locks.lock_timeout = std::chrono::milliseconds(200);
    locks.lock_deadline = std::chrono::seconds(5);
    db::Executor executor(connection, locks, told, clock, stop);
    return partition::maintain(plan, executor, told);
}

partition::TableOutcome Room::maintain(const config::PartitionPolicy& policy, std::string_view now) {
    return run(plan(policy, now));
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
