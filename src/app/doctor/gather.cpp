#include "app/doctor/gather.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "app/migrate/dump.hpp"
#include "app/migrate/status.hpp"
#include "app/partition/policies.hpp"
#include "app/partition/status.hpp"
#include "app/swap/status.hpp"
#include "config/doctor_config.hpp"
#include "db/connection/transport.hpp"
#include "db/connection_parameters.hpp"
#include "db/records/measurement_store.hpp"
#include "db/state/catalog_store.hpp"
#include "db/state/state_trust.hpp"
#include "doctor/connection_checks.hpp"
#include "doctor/health_checks.hpp"
#include "doctor/partition_checks.hpp"
#include "doctor/query_checks.hpp"
#include "doctor/schema_checks.hpp"
#include "doctor/server_checks.hpp"
#include "doctor/tripmig_checks.hpp"

namespace tripmig::app {

namespace fs = std::filesystem;

namespace {

/// What other commands say while they look is no result of this one.
class WarningsOnly final : public Reporter {
  public:
    explicit WarningsOnly(Reporter& reporter) : m_reporter(reporter) {}
    void emit(const Event& event) override {
        if (event.severity >= Severity::warning)
            m_reporter.emit(event);
    }

  private:
    Reporter& m_reporter;
};

bool has_directory(const fs::path& path) {
    std::error_code ignored;
    return fs::is_directory(path, ignored);
}

/// Seconds since the file was written; nullopt: there is none.
std::optional<double> file_age(const fs::path& file) {
    std::error_code failed;
    const auto written = fs::last_write_time(file, failed);
    if (failed)
        return std::nullopt;
    return std::chrono::duration<double>(fs::file_time_type::clock::now() - written).count();
}

/// How `dump --check` says that they differ; empty: they do not.
std::string read_drift(const Context& context, const fs::path& file) {
    WarningsOnly quiet(context.reporter);
    const Context silent{context.config, quiet, context.stop, context.clock, context.environment};
    try {
        dump_database(silent, {file.string(), true, {}});
        return {};
    } catch (const Error& error) {
        if (error.code() != ExitCode::disagreement)
            throw;
        return fmt::format("{}: {}", error.message(), error.detail());
    }
}

std::vector<config::PartitionPolicy> readable_policies(const Context& context) {
    return has_directory(context.config.partitions.dir) ? chosen_policies(context, {}).policies
                                                        : std::vector<config::PartitionPolicy>{};
}

/// Of one command: a connection, and what is read over it.
class Look {
  public:
    Look(const Context& context, db::Connection& connection)
        : m_context(context),
          m_expected(config::load_doctor_config(context.config.file)),
          m_connection(connection),
          m_reader(connection) {}

    doctor::SessionFacts session() {
        doctor::SessionFacts facts = doctor::read_session(m_reader, m_context.clock, m_context.config.state.schema);
        facts.has_direct_url = !m_context.config.database.direct_parameters.empty();
        facts.allows_pooler = m_context.config.database.pooler == config::DatabaseConfig::Pooler::session;
        return facts;
    }

    /// How we are connected, by a connection of its own: there may be none left.
    std::vector<doctor::Check> connection(doctor::SessionFacts session) {
        const config::DatabaseConfig database = db::direct_connection(m_context.config.database);
        const auto transport = doctor::see(
            m_connection, [&] { return db::read_transport(database, "doctor", m_context.reporter, m_context.stop); });
        session.transport = transport.facts.value_or(db::Transport{});
        std::vector<doctor::Check> checks = doctor::check_connection(session);
        for (doctor::Check& check : checks)
            if (check.code == "connection.tls" && !transport.facts)
                check = doctor::not_seen(check.code, transport.why_not, transport.remedy);
        return checks;
    }

    std::vector<doctor::Check> server() {
        return doctor::check_server(doctor::read_server(m_reader, m_connection.server_version()), m_expected);
    }

    std::vector<doctor::Check> health() {
        doctor::HealthFacts facts = doctor::read_health(m_reader);
        facts.growth = growth();
        if (!m_expected.backup_file.empty())
            facts.backup_file_age = file_age(m_expected.backup_file);
        return doctor::check_health(facts, m_expected, m_context.config.swap.max_replica_lag);
    }

    std::vector<doctor::Check> schema(const std::string& database) {
        std::map<std::string, doctor::ExpectedRights> roles;
        for (const auto& [role, text] : m_expected.roles)
            roles[role] = doctor::parse_rights(role, text);
        doctor::SchemaFacts facts = doctor::read_schema(m_reader, database, m_context.config.state.schema, roles);
        if (!m_expected.schema_file.empty())
            facts.drift = doctor::see(m_connection, [&] { return read_drift(m_context, m_expected.schema_file); });
        facts.changed_by_hand =
            doctor::see(m_connection, [&] { return changed_by_hand(); }).facts.value_or(std::nullopt);
        const auto detached = see_detached();
        return doctor::check_schema(facts, [&](const QualifiedName& table) {
            return detached.facts && std::any_of(detached.facts->begin(), detached.facts->end(),
                                                 [&](const auto& each) { return each.table == table; });
        });
    }

    std::vector<doctor::Check> partitions() {
        doctor::PartitionFacts facts;
        facts.status = doctor::see(m_connection, [&] {
            return has_directory(m_context.config.partitions.dir) ? partition_status(m_context, {}).result
                                                                  : partition::StatusResult{m_context.clock.now(), {}};
        });
        facts.siblings = doctor::read_siblings(m_reader);
        facts.trees = doctor::see(m_connection, [&] { return doctor::read_partition_trees(m_reader); });
        std::vector<doctor::Check> checks = doctor::check_partitions(facts);
        for (doctor::Check& check : checks)
            for (doctor::Finding& finding : check.findings)
                if (check.code == "partitions.pending_detach" && !is_finished_by_finalize(finding.object))
                    finding.fix.clear();  // `partition maintain` has more to do for it
        return checks;
    }

    std::vector<doctor::Check> tripmig() {
        doctor::TripmigFacts facts;
        facts.jobs = doctor::see(m_connection, [&] { return jobs(); });
        facts.state_fault = doctor::see(m_connection, [&] { return state_fault(); });
        facts.has_migrations = has_directory(m_context.config.migrations.dir);
        if (facts.has_migrations)
            facts.migrations = doctor::see(m_connection, [&] { return migrations(); });
        return doctor::check_tripmig(facts);
    }

    std::vector<doctor::Check> queries() { return doctor::check_queries(doctor::read_queries(m_reader)); }

  private:
    bool is_finished_by_finalize(const std::string& partition) {
        return doctor::see(m_connection, [&] { return doctor::finalize_is_all(m_reader, partition); })
            .facts.value_or(false);
    }

    doctor::Seen<std::vector<doctor::DetachedTable>> see_detached() {
        std::vector<config::PartitionPolicy> policies;
        try {
            policies = readable_policies(m_context);
        } catch (const Error& error) {
            return {std::nullopt, error.message(), error.hint()};
        }
        return doctor::read_detached(m_reader, policies);
    }

    /// nullopt: it was not measured twice yet, or this role may not see it.
    std::optional<db::Growth> growth() {
        const auto rows = doctor::see(m_connection, [&] {
            return m_reader.rows(db::growth_sql(m_context.config.state.schema), {std::string(), std::string()});
        });
        if (!rows.facts || rows.facts->empty())
            return std::nullopt;
        return db::Growth{rows.facts->row().number("bytes"), rows.facts->row().number("seconds")};
    }

    std::optional<std::vector<std::string>> changed_by_hand() {
        const std::string& state = m_context.config.state.schema;
        const auto record = db::read_catalog_record(m_connection, state);
        if (!record || !record->why_not.empty())
            return std::nullopt;
        std::vector<std::string> changes;
        for (const db::CatalogDifference& each : db::read_catalog_differences(m_connection, state))
            changes.push_back(each.text());
        return changes;
    }

    std::vector<doctor::JobFacts> jobs() {
        std::vector<doctor::JobFacts> found;
        for (const doctor::OpenJob& open : doctor::read_open_jobs(m_reader, m_context.config.state.schema)) {
            const SwapStatus status = swap_status(m_context, open.table);
            if (!status.is_open || !status.state)
                continue;
            found.push_back({open.table, status.state->stage, status.state->command(), status.progress.is_paused,
                             status.progress.worker, open.idle_seconds, status.progress.altered});
        }
        return found;
    }

    std::optional<Error> state_fault() {
        try {
            db::require_trusted_state(m_connection, m_context.config.state.schema);
            return std::nullopt;
        } catch (const Error& error) {
            if (error.code() != ExitCode::refused)
                throw;
            return error;
        }
    }

    /// What keeps the files from being read is a finding: `up` would not run.
    doctor::MigrationFacts migrations() {
        doctor::MigrationFacts facts;
        try {
            const StatusResult status = migration_status(m_context, false);
            facts.pending = status.pending;
            facts.version = status.version;
            facts.findings = status.findings;
            for (const MigrationStatus& each : status.migrations)
                if (each.half_way)
                    facts.half_way.push_back(*each.half_way);
        } catch (const Error& error) {
            if (error.code() != ExitCode::usage && error.code() != ExitCode::refused &&
                error.code() != ExitCode::disagreement)
                throw;
            facts.findings.push_back({migrate::Finding::Kind::missing, true, "", error.message(), error.hint()});
        }
        return facts;
    }

    const Context& m_context;
    config::DoctorConfig m_expected;
    db::Connection& m_connection;
    doctor::Reader m_reader;
};

}  // namespace

Examination look_around(const Context& context, db::Connection& connection, const std::set<std::string>& groups) {
    Look look(context, connection);
    Examination found;
    const doctor::SessionFacts session = look.session();
    found.server = fmt::format("{}, PostgreSQL {}", session.description, session.version_text);
    const auto add = [&](const std::string& group, auto examine_group) {
        context.stop.check();
        if (groups.count(group) == 0)
            return;
        for (doctor::Check& check : examine_group())
            found.checks.push_back(std::move(check));
    };
    add("connection", [&] { return look.connection(session); });
    add("server", [&] { return look.server(); });
    add("health", [&] { return look.health(); });
    add("schema", [&] { return look.schema(session.database); });
    add("partitions", [&] { return look.partitions(); });
    add("tripmig", [&] { return look.tripmig(); });
    add("queries", [&] { return look.queries(); });
    return found;
}

}  // namespace tripmig::app
