#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <string>

#include "app/context.hpp"
#include "base/error.hpp"
#include "db/connection.hpp"

namespace tripmig::app {

/// This run's row in the audit: written when this is made, completed by end(). Without an end it tells of a run that is
/// at work, or was killed. A row that cannot be written is a warning, and the command does its work; what the command
/// itself meets next (no server, a state schema that it refuses) is left to it.
class AuditRow {
  public:
    explicit AuditRow(const Context& context);
    /// The row is written over a connection that is there; the state schema is too.
    AuditRow(const Context& context, db::Connection& connection);
    AuditRow(const AuditRow&) = delete;
    AuditRow& operator=(const AuditRow&) = delete;

    void end(ExitCode code, const std::string& message = {}) noexcept;

  private:
    void begin(db::Connection& connection);
    void tell_failure(const Error& error);

    const Context& m_context;
    std::optional<std::int64_t> m_id;
};

/// Runs what changes the database, as one row of the audit.
template <typename Change>
auto audited(const Context& context, Change change) {
    AuditRow row(context);
    try {
        auto result = change();
        if constexpr (requires { result.exit_code(); })
            row.end(result.exit_code());
        else
            row.end(ExitCode::ok);
        return result;
    } catch (const Error& error) {
        row.end(error.code(), error.message());
        throw;
    } catch (const std::exception& error) {
        row.end(ExitCode::unexpected, error.what());
        throw;
    }
}

}  // namespace tripmig::app
