#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/civil.hpp"
#include "config/policy.hpp"
#include "db/session.hpp"
#include "partition/inspect.hpp"
#include "partition/maintain.hpp"
#include "partition/overview.hpp"
#include "partition/plan.hpp"
#include "support/test_database.hpp"

namespace tripmig::test {

/// Keeps what was told.
class Told final : public Reporter {
  public:
    void emit(const Event& event) override { m_events.push_back(event); }
    [[nodiscard]] bool has(std::string_view kind) const;

  private:
    std::vector<Event> m_events;
};

/// A database, and maintenance on it as `tripmig partition maintain` does it.
class Room {
  public:
    Room();

    TestDatabase database;
    Told told;
    partition::Limits limits;

    [[nodiscard]] config::DatabaseConfig config() const;
    [[nodiscard]] db::Session session() const { return {config(), "test"}; }

    /// Throws what is wrong with the table.
    partition::Snapshot inspect(const config::PartitionPolicy& policy, std::string_view now);
    partition::MaintenancePlan plan(const config::PartitionPolicy& policy, std::string_view now);
    partition::TableOutcome maintain(const config::PartitionPolicy& policy, std::string_view now);
    /// The units of a plan that may be out of date, one after the other, until one fails.
    std::vector<Error> run(const partition::MaintenancePlan& plan);

    /// "orders_2024_01 orders_2024_02": the partitions of a table, by name.
    [[nodiscard]] std::string leaves(const std::string& table = "orders") const;
};

/// public.orders by month of `at`, two leaves ahead.
config::PartitionPolicy monthly();

/// "orders_2024_01 orders_2024_02".
std::string names(const std::vector<ddl::Leaf>& leaves);

/// The messages of the errors, a line each.
std::string messages(const std::vector<Error>& errors);

}  // namespace tripmig::test
