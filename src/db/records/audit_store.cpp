#include "db/records/audit_store.hpp"

#include <fmt/format.h>

#include "base/civil.hpp"
#include "base/version.hpp"
#include "db/state/with_state.hpp"
#include "db/statements.hpp"

namespace tripmig::db {

namespace {

AuditEntry audit_entry(const Row& row) {
    AuditEntry entry;
    entry.id = row.number("id");
    entry.command = row.text("command");
    entry.options = row.text("options");
    entry.os_user = row.text("os_user");
    entry.host = row.text("host");
    entry.pid = row.number("pid");
    entry.db_role = row.text("db_role");
    entry.application = row.text("application");
    entry.client_address = row.optional_text("client_address");
    entry.tool_version = row.text("tool_version");
    entry.started_at = row.text("started_at");
    entry.ended_at = row.optional_text("ended_at");
    entry.duration_ms = row.optional_number("duration_ms");
    entry.exit_code = row.optional_number("exit_code");
    entry.message = row.optional_text("message");
    return entry;
}

}  // namespace

std::int64_t begin_audit(Connection& connection, std::string_view state_schema, const AuditEntry& entry) {
    return connection
        .execute(with_state(statements::audit_begin, state_schema),
                 {entry.command, entry.options, entry.os_user, entry.host, fmt::format("{}", entry.pid),
                  entry.application, std::string(version())})
        .number();
}

void end_audit(Connection& connection, std::string_view state_schema, std::int64_t id, int exit_code,
               const std::optional<std::string>& message) {
    connection.execute(with_state(statements::audit_end, state_schema),
                       {fmt::format("{}", id), fmt::format("{}", exit_code), message});
}

std::optional<std::vector<AuditEntry>> read_audit(Connection& connection, std::string_view state_schema,
                                                  std::optional<Instant> since, std::size_t most) {
    if (!connection
             .execute(std::string(statements::state_table_is_readable),
                      {std::string(state_schema), std::string("audit")})
             .flag())
        return std::nullopt;
    std::vector<AuditEntry> entries;
    const auto from = since ? std::optional(format_timestamp(*since, "+00")) : std::nullopt;
    for (const Row& row :
         connection.execute(with_state(statements::audit_list, state_schema), {from, fmt::format("{}", most)}))
        entries.push_back(audit_entry(row));
    return entries;
}

}  // namespace tripmig::db
