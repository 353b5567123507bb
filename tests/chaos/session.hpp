#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

struct pg_conn;

namespace tripmig::chaos {

/// What a statement came to: rows, or a SQLSTATE. "lost": the connection is gone, and whether it was done is unknown.
struct Answer {
    std::string sqlstate;
    std::string message;
    std::vector<std::vector<std::string>> rows;  ///< NULL is "\\N"

    [[nodiscard]] bool is_ok() const { return sqlstate.empty(); }
    [[nodiscard]] bool is_lost() const { return sqlstate == "lost" || sqlstate == "57P01"; }
};

/// A connection over bare libpq, which may break at any time and is made again.
class Session {
  public:
    Session(std::string url, std::string name);

    /// One statement. Never throws.
    Answer ask(const std::string& sql);
    /// Outside of a transaction: made again and asked again, twenty times at most, until it is answered. Throws with
    /// what for and why when it is not.
    Answer insist(const std::string& sql, const std::string& what_for);

    /// A new connection when this one is broken. Throws std::runtime_error when there is none within ten seconds.
    void mend();

    /// A new connection, whatever became of this one.
    void renew() {
        m_connection.reset();
        mend();
    }

  private:
    struct Close {
        void operator()(pg_conn* connection) const noexcept;
    };
    std::string m_url;
    std::string m_name;
    std::unique_ptr<pg_conn, Close> m_connection;
};

/// 'text' as a SQL literal; "\\N" is NULL.
std::string literal(const std::string& text);

}  // namespace tripmig::chaos
