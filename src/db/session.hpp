#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "config/config.hpp"
#include "db/result.hpp"

namespace tripmig::db {

struct PreparedStatements;

/// One transaction of a Session. Commits when the function that was given it returns, rolls back when that throws.
class Work {
  public:
    /// `prepared`: what the session keeps prepared; null when it keeps nothing.
    Work(void* transaction, PreparedStatements* prepared) : m_transaction(transaction), m_prepared(prepared) {}

    /// One statement. Throws Error as Session does.
    Result read(const std::string& sql, const Parameters& parameters = {});
    /// A SELECT of one value: read().flag() and so on.
    [[nodiscard]] bool flag(const std::string& sql, const Parameters& parameters = {});
    [[nodiscard]] std::int64_t number(const std::string& sql, const Parameters& parameters = {});
    [[nodiscard]] std::string text(const std::string& sql, const Parameters& parameters = {});
    /// One of our own statements that are read again and again, with parameters: see Session::keep_prepared().
    Result read_often(std::string_view statement, const Parameters& parameters);
    /// One statement; the number of rows it touched.
    std::uint64_t change(const std::string& sql, const Parameters& parameters = {});

  private:
    void* m_transaction;
    PreparedStatements* m_prepared;
};

enum class Isolation { read_committed, repeatable_read };

/// A libpqxx connection, for what is read or moved as data: catalog, state, chunk copies, verification. Runs under our
/// own settings (own_settings.hpp). Never reconnects by itself: on Error{unreachable} drop it and start again from
/// inspect.
class Session {
  public:
    Session(const config::DatabaseConfig& database, std::string_view role);
    ~Session();
    Session(Session&&) noexcept;
    Session& operator=(Session&&) = delete;
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// One SELECT in a transaction of its own. Errors have their SQLSTATE and exit code; a lost connection is
    /// unreachable.
    Result read(const std::string& sql, const Parameters& parameters = {});

    /// A SELECT of one value: read().flag() and so on.
    [[nodiscard]] bool flag(const std::string& sql, const Parameters& parameters = {});
    [[nodiscard]] std::int64_t number(const std::string& sql, const Parameters& parameters = {});
    [[nodiscard]] std::string text(const std::string& sql, const Parameters& parameters = {});

    /// Runs the function in one transaction.
    void transact(Isolation isolation, const std::function<void(Work&)>& function);

    /// From here on what Work::read_often() is given stays prepared in the session (manual, PREPARE): the server parses
    /// and plans it once, not each time. Only for a session that keeps its server process: a transaction pooler would
    /// send the next transaction to one that knows nothing of it.
    void keep_prepared();

    /// A statement outside of any transaction block: SET, VACUUM.
    void execute_alone(const std::string& sql);

    /// The server's clock, the one that counts for bounds and deadlines.
    Instant now();

    [[nodiscard]] int backend_pid() const;
    [[nodiscard]] int server_version() const;
    /// The connection is gone: an error of class 08 without that came from elsewhere, a foreign server say.
    [[nodiscard]] bool is_broken() const;

    /// From another thread: asks the server to cancel what this session runs. The running call throws with SQLSTATE
    /// 57014.
    void cancel() noexcept;

  private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace tripmig::db
