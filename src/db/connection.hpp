#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/event.hpp"
#include "base/step.hpp"
#include "base/stop_signal.hpp"
#include "config/config.hpp"
#include "db/result.hpp"
#include "db/step_connection.hpp"

struct pg_conn;

namespace tripmig::db {

class PendingConnection;
struct ConnectionState;

/// The libpq that runs, as "libpq 15.20".
std::string client_library();

/// Whose settings a session runs under: ours (own_settings.hpp), or those of the role and the database, for users' SQL.
enum class SessionSettings { own, of_role };

/// One libpq connection for life: it carries Steps, users' SQL and our DDL. Every wait looks at the stop signal; when
/// that is raised the query is cancelled on the server and Error{interrupted or terminated} thrown. Not thread safe.
class Connection final : public StepConnection {
  public:
    /// Connects. Throws Error{unreachable} when the server can't be reached or refuses the login, with the server's own
    /// words and no secret. Notices of the server go to the reporter.
    Connection(const config::DatabaseConfig& database, std::string_view role, Reporter& reporter,
               const StopSignal& stop, SessionSettings settings);
    /// Waits for a connection that is on its way. Throws as the other one does.
    Connection(PendingConnection pending, SessionSettings settings);
    ~Connection() override;
    Connection(Connection&&) noexcept;
    Connection& operator=(Connection&&) = delete;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    Result execute(const std::string& sql) override;
    Result execute(const Step& step) override;
    std::vector<Result> execute_pipelined(const std::vector<Step>& steps) override;
    void discard_session() override;
    bool forget_lost_prepared() override;
    void rollback_quietly() noexcept override;
    void set_wait_observer(WaitObserver observer) override;
    [[nodiscard]] bool is_broken() const override;
    [[nodiscard]] int server_version() const override;
    [[nodiscard]] int protocol_backend_pid() const override;
    [[nodiscard]] std::unique_ptr<StepConnection> open_beside(std::string_view name,
                                                              const StopSignal& stop) const override;

    /// One statement with parameters, extended protocol.
    Result execute(const std::string& sql, const Parameters& parameters);

    /// COPY ... TO STDOUT statements, joined by `;`, in one round trip: what each of them sent.
    std::vector<std::string> copy_out(const std::string& sql);

    /// Becomes a new session of the same role, under its settings: for what a session reads when it begins, such as the
    /// settings of ALTER ROLE ... SET. The wait observer stays. Throws as the constructor does; then the connection is
    /// as it was.
    void reconnect();

    /// So far: what was sent by execute() and execute_pipelined().
    [[nodiscard]] std::int64_t round_trips() const noexcept;

    [[nodiscard]] bool in_transaction() const;
    /// "host=... dbname=... user=...", as connected.
    [[nodiscard]] const std::string& description() const;

    /// Statements that must still run when the stop signal was raised; waits for them, never throws. For the end of a
    /// run.
    void finish_quietly(const std::string& sql) noexcept;

  private:
    friend class PendingConnection;
    std::unique_ptr<ConnectionState> m_state;
};

/// The beginning of a connection: the server starts its process while the caller does something else. Goes away without
/// a trace when nobody wants it any more.
class PendingConnection {
  public:
    /// Never waits for the server or the network. What they have to say, Connection throws.
    PendingConnection(const config::DatabaseConfig& database, std::string_view role, Reporter& reporter,
                      const StopSignal& stop);
    ~PendingConnection();
    PendingConnection(PendingConnection&&) noexcept;
    PendingConnection& operator=(PendingConnection&&) = delete;
    PendingConnection(const PendingConnection&) = delete;
    PendingConnection& operator=(const PendingConnection&) = delete;

  private:
    friend class Connection;
    std::unique_ptr<ConnectionState> m_state;
    std::chrono::seconds m_timeout;
};

}  // namespace tripmig::db
