#pragma once

#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "base/stop_signal.hpp"
#include "config/connection_string.hpp"
#include "db/catalog/table_catalog.hpp"
#include "db/connection.hpp"
#include "db/executor.hpp"
#include "db/session.hpp"
#include "support/test_database.hpp"

namespace tripmig::test {

class Silent final : public Reporter {
  public:
    void emit(const Event& /*event*/) override {}
};

/// A database with a reader and an executor on it, as the commands have them.
class Workbench {
  public:
    Workbench()
        : m_config(config_of(database)),
          m_connection(m_config, "test", m_silent, m_stop, db::SessionSettings::own),
          session(m_config, "test"),
          executor(m_connection, db::LockPolicy{}, m_silent, m_clock, m_stop) {}

    TestDatabase database;

  private:
    static config::DatabaseConfig config_of(const TestDatabase& database) {
        config::DatabaseConfig config;
        config.parameters = config::parse_connection_string(database.url());
        return config;
    }

    config::DatabaseConfig m_config;
    Silent m_silent;
    SystemClock m_clock;
    StopSignal m_stop;
    db::Connection m_connection;

  public:
    db::Session session;
    db::Executor executor;

    Reporter& reporter() { return m_silent; }
    [[nodiscard]] const Clock& clock() const { return m_clock; }
    [[nodiscard]] const config::DatabaseConfig& config() const { return m_config; }
    [[nodiscard]] const StopSignal& stop() const { return m_stop; }

    db::TableInfo table(const std::string& name) { return db::read_table(session, {"public", name}).value(); }

    void run(std::vector<Step> steps) {
        Unit unit;
        unit.name = "test";
        unit.steps = std::move(steps);
        executor.run(unit);
    }
};

}  // namespace tripmig::test
