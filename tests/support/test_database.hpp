#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct pg_conn;

namespace tripmig::test {

using Row = std::vector<std::optional<std::string>>;  ///< nullopt is NULL
using Rows = std::vector<Row>;

/// A session over bare libpq: none of tripmig's own code is in it, so that a test may judge that code by it.
/// Every failure throws std::runtime_error with the server's message and the statement.
class Connection {
  public:
    explicit Connection(const std::string& url);

    /// One or more statements, in one transaction unless they say otherwise (libpq's simple protocol).
    void exec(const std::string& sql) const;

    /// One statement with $1.. in text form.
    [[nodiscard]] Rows rows(const std::string& sql, const std::vector<std::string>& parameters = {}) const;

    /// The one value of the one row, "(null)" for NULL. Throws when there are more or fewer.
    [[nodiscard]] std::string scalar(const std::string& sql, const std::vector<std::string>& parameters = {}) const;

    /// The SQLSTATE that the statement fails with, empty when it succeeds.
    [[nodiscard]] std::string sqlstate_of(const std::string& sql) const;

    /// For what libpq alone can say.
    [[nodiscard]] pg_conn* raw() const noexcept { return m_connection.get(); }

  private:
    struct Close {
        void operator()(pg_conn* connection) const noexcept;
    };
    std::unique_ptr<pg_conn, Close> m_connection;
};

/// A fresh, empty database on the server of DATABASE_URL, owned by the role there (no superuser), for one test case.
/// Dropped at the end; when the test case failed and TRIPMIG_TEST_KEEP is set, it stays and its URL is printed.
class TestDatabase {
  public:
    TestDatabase();
    ~TestDatabase();
    TestDatabase(const TestDatabase&) = delete;
    TestDatabase& operator=(const TestDatabase&) = delete;

    [[nodiscard]] const std::string& name() const noexcept { return m_name; }
    [[nodiscard]] const std::string& url() const noexcept { return m_url; }
    /// The same database as role postgres. Only under `tripmig sandbox run`.
    [[nodiscard]] std::string superuser_url() const;
    /// The same database as another role: one that the test made with LOGIN.
    [[nodiscard]] std::string url_as(const std::string& role, const std::string& password = {}) const;

    // The same as those of Connection, on a session that the database keeps open.
    void exec(const std::string& sql) const { m_session->exec(sql); }
    [[nodiscard]] Rows rows(const std::string& sql, const std::vector<std::string>& parameters = {}) const {
        return m_session->rows(sql, parameters);
    }
    [[nodiscard]] std::string scalar(const std::string& sql, const std::vector<std::string>& parameters = {}) const {
        return m_session->scalar(sql, parameters);
    }
    [[nodiscard]] std::string sqlstate_of(const std::string& sql) const { return m_session->sqlstate_of(sql); }

    /// A second session, for what two do at once.
    [[nodiscard]] Connection connect() const { return Connection(m_url); }

  private:
    std::string m_name;
    std::string m_url;
    std::optional<Connection> m_session;
};

/// Until the condition holds; false: it does not within half a minute.
bool comes_true(const std::function<bool()>& condition);

/// Until the query answers "t". Throws std::runtime_error when it does not within half a minute.
void wait_until(const TestDatabase& database, const std::string& query);

}  // namespace tripmig::test
