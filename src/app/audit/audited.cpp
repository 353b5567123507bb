#include "app/audit/audited.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "app/audit/this_process.hpp"
#include "app/migrate/hidden_values.hpp"
#include "db/connection.hpp"
#include "db/connection_parameters.hpp"
#include "db/records/audit_store.hpp"
#include "db/state/state_schema.hpp"
#include "db/state/state_trust.hpp"

namespace tripmig::app {

namespace {

db::AuditEntry entry_for(const Context& context) {
    const auto& parameters = context.config.database.parameters;
    const auto application = parameters.find("application_name");
    db::AuditEntry entry;
    entry.command = context.command->name;
    entry.options = context.command->options;
    entry.os_user = os_user();
    entry.host = host_name();
    entry.pid = ::getpid();
    entry.application = application == parameters.end() ? "tripmig " + entry.command : application->second;
    return entry;
}

db::Connection connect(const Context& context, const StopSignal& stop) {
    return {db::direct_connection(context.config.database), "audit", context.reporter, stop, db::SessionSettings::own};
}

/// The command meets these itself, and says what to do.
bool is_left_to_command(const Error& error) {
    return error.code() != ExitCode::no_privilege && error.code() != ExitCode::unexpected &&
           error.sqlstate() != "42501";
}

}  // namespace

AuditRow::AuditRow(const Context& context) : m_context(context) {
    if (context.command == nullptr)
        return;
    const std::string& schema = context.config.state.schema;
    try {
        db::Connection connection = connect(context, context.stop);
        if (connection.execute("SELECT pg_catalog.current_setting('transaction_read_only') = 'on'").flag())
            return;
        db::ensure_state(connection, schema);
        db::require_trusted_state(connection, schema);
        begin(connection);
    } catch (const Error& error) {
        tell_failure(error);
    }
}

AuditRow::AuditRow(const Context& context, db::Connection& connection) : m_context(context) {
    if (context.command == nullptr)
        return;
    try {
        begin(connection);
    } catch (const Error& error) {
        tell_failure(error);
    }
}

void AuditRow::begin(db::Connection& connection) {
    m_id = db::begin_audit(connection, m_context.config.state.schema, entry_for(m_context));
}

void AuditRow::tell_failure(const Error& error) {
    m_context.stop.check();
    if (!is_left_to_command(error))
        m_context.reporter.warning("audit.failed", fmt::format("this run is not in the audit: {}", error.message()));
}

void AuditRow::end(ExitCode code, const std::string& message) noexcept {
    if (!m_id)
        return;
    try {
        const StopSignal still_wanted;  // when the run was stopped, that is what the row is to say
        db::Connection connection = connect(m_context, still_wanted);
        const Error hidden = without_values(Error(code, message), m_context.config.migrations.placeholders);
        db::end_audit(connection, m_context.config.state.schema, *m_id, to_int(code),
                      message.empty() ? std::nullopt : std::optional(hidden.message()));
    } catch (const std::exception& error) {
        m_context.reporter.warning("audit.failed",
                                   fmt::format("the end of this run is not in the audit: {}", error.what()));
    }
    m_id.reset();
}

}  // namespace tripmig::app
