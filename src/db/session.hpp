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

/// One transaction of a Session. Commits when the function that was given it returns, rolls back when that throws.
class Work {
  public:
    explicit Work(void* transaction) : m_transaction(transaction) {}

    /// One statement. Throws Error as Session does.
    Rows read(const std::string& sql, const Parameters& parameters = {});
    /// One statement; the number of rows it touched.
    std::uint64_t change(const std::string& sql, const Parameters& parameters = {});

  private:
    void* m_transaction;
};

enum class Isolation { read_committed, repeatable_read };

/// A libpqxx connection, for what is read or moved as data: catalog, state, chunk copies, verification. Runs under our
/// own settings (own_settings_sql()). Never reconnects by itself: on Error{unreachable} drop it and start again from
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
    Rows read(const std::string& sql, const Parameters& parameters = {});

    /// Runs the function in one transaction.
    void transact(Isolation isolation, const std::function<void(Work&)>& function);

    /// A statement outside of any transaction block: SET, VACUUM.
    void execute_alone(const std::string& sql);

    /// The server's clock, the one that counts for bounds and deadlines.
    Instant now();

    [[nodiscard]] int backend_pid() const;
    [[nodiscard]] int server_version() const;

    /// From another thread: asks the server to cancel what this session runs. The running call throws with SQLSTATE
    /// 57014.
    void cancel() noexcept;

  private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// Text cells that must be there and of a kind. Throw Error{unexpected} naming what was read otherwise.
const std::string& text_of(const std::optional<std::string>& cell);
std::int64_t number_of(const std::optional<std::string>& cell);
bool flag_of(const std::optional<std::string>& cell);

}  // namespace tripmig::db
