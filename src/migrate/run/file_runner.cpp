#include "migrate/run/file_runner.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/error.hpp"
#include "migrate/partitioned_statements.hpp"
#include "migrate/run/expectations.hpp"
#include "migrate/run/file_failure.hpp"

namespace tripmig::migrate {

namespace chr = std::chrono;

namespace {

std::set<std::string> versions_of(const std::vector<db::AppliedMigration>& applied) {
    std::set<std::string> versions;
    for (const db::AppliedMigration& row : applied)
        if (const auto version = Version::parse(row.version))
            versions.insert(version->text());
    return versions;
}

}  // namespace

FileRunner::FileRunner(db::Connection& connection, db::RunLock& lock, const config::Config& config, Reporter& reporter,
                       const Clock& clock, const StopSignal& stop, RunScope scope)
    : m_reporter(reporter),
      m_clock(clock),
      m_applied(versions_of(scope.applied)),
      m_guard(std::move(scope.guard)),
      m_swap(std::move(scope.swap)),
      m_session(connection, lock, config.migrations, reporter, clock, stop, std::move(scope.run_unit)),
      m_transactions(m_session, m_guard),
      m_statements(m_session, m_guard, config, reporter, clock, stop) {
}

void FileRunner::require_versions(const Migration& migration, const Script& script) const {
    for (const std::string& wanted : script.directives.required) {
        const std::string digits = wanted.substr(wanted.find_first_of("0123456789") == 1 ? 1 : 0);
        const auto version = Version::parse(digits);
        if (!version)
            throw Error(ExitCode::usage, fmt::format("{}: requires={} is not a valid version", migration.file, wanted),
                        "write requires=V3");
        if (m_applied.count(version->text()) == 0)
            throw Error(ExitCode::refused,
                        fmt::format("{} requires version {}, which is not applied", migration.file, version->text()),
                        "apply that one first, or give this file a higher version");
    }
}

/// An earlier run did a part of the file: what was expected before it may no longer hold.
bool FileRunner::is_begun(const Migration& migration, const Script& script, const PlanOptions& options) {
    return !script.directives.expected.empty() && !script.is_transactional &&
           !db::read_journal(m_session.connection(), options.state_schema, migration.file).empty();
}

AppliedFile FileRunner::apply(const Migration& migration, Script script, const PlanOptions& options) {
    const auto started = m_clock.steady();
    AppliedFile applied{migration.file, migration.version.text(), migration.description, 0, 1, {}};
    m_session.begin(script);
    look_for_partitioned(script, m_session.connection());
    require_versions(migration, script);
    if (!is_begun(migration, script, options))
        require_expectations(m_session, migration, script);
    m_guard.require_free(script, m_session.connection());
    applied.statements = script.statements.size();
    if (script.directives.swap) {
        swap(migration, script, options);
    } else if (script.is_transactional) {
        applied.attempts = m_transactions.run(migration, script, options);
    } else {
        m_reporter.debug("migration.statements",
                         fmt::format("{} runs one statement at a time: {}", migration.file, script.why_not));
        m_statements.run(migration, script, options);
    }
    m_applied.insert(applied.version);
    applied.duration = chr::duration_cast<chr::milliseconds>(m_clock.steady() - started);
    return applied;
}

void FileRunner::swap(const Migration& migration, const Script& script, const PlanOptions& options) {
    const auto started = m_clock.steady();
    const sql::SwapDirective& wanted = *script.directives.swap;
    try {
        if (!m_swap)
            throw Error(ExitCode::refused, "this command does not swap tables", "`tripmig up` does");
        m_reporter.info("migration.swap", fmt::format("{}: {}", migration.file, m_swap(wanted.table)));
        m_guard = JobGuard(m_session.connection(), options.state_schema);
    } catch (const Error& error) {
        throw file_failure(error.position() ? error : Error(error).at(wanted.position), migration, true);
    }
    const auto duration = chr::duration_cast<chr::milliseconds>(m_clock.steady() - started).count();
    m_session.run(plan_completion(migration, script, options, duration));
}

}  // namespace tripmig::migrate
