#include "db/session.hpp"

#include <fmt/format.h>

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <thread>

#include "base/civil.hpp"
#include "base/error.hpp"
#include "config/connection_string.hpp"
#include "db/connection_parameters.hpp"
#include "db/libpqxx.hpp"
#include "db/own_settings.hpp"
#include "db/refusal.hpp"
#include "db/server_error.hpp"

namespace tripmig::db {

struct PreparedStatements {
    pqxx::connection& connection;
    std::map<std::string, std::string, std::less<>> names;  ///< of each statement

    const std::string& name_of(std::string_view statement) {
        if (const auto known = names.find(statement); known != names.end())
            return known->second;
        const std::string name = fmt::format("tripmig_{}", names.size());
        connection.prepare(name, std::string(statement));
        return names.emplace(statement, name).first->second;
    }
};

struct Session::State {
    std::unique_ptr<pqxx::connection> connection;
    std::string description;
    std::optional<PreparedStatements> prepared;

    [[nodiscard]] PreparedStatements* prepared_statements() { return prepared ? &*prepared : nullptr; }
};

namespace {

Error lost(const std::string& description, const std::string& words) {
    return Error(ExitCode::unreachable, fmt::format("the connection to the server was lost ({})", description),
                 "uncommitted work was rolled back; run the same command again: it resumes")
        .with_sqlstate("08006")
        .with_detail(without_line_end(words));
}

/// libpqxx hides the fields of an error: its what() is libpq's text, "ERROR:  message\nDETAIL:  ...". Only shown, never
/// matched.
Error from_sql_error(const std::string& words, const std::string& sqlstate) {
    std::string text = without_line_end(words);
    constexpr std::string_view lead = "ERROR:  ";
    if (text.compare(0, lead.size(), lead) == 0)
        text.erase(0, lead.size());
    const std::size_t line_end = text.find('\n');
    Error error(own_exit_code(sqlstate), text.substr(0, line_end), utf8_hint(sqlstate));
    if (line_end != std::string::npos)
        error.with_detail(text.substr(line_end + 1));
    error.with_sqlstate(sqlstate);
    return error;
}

/// Runs the call and turns libpqxx's exceptions into ours: by type first, since 6.4.5 gives 40001, 40P01 and 42501 no
/// SQLSTATE.
template <typename Call>
auto translated(const std::string& description, Call&& call) -> decltype(call()) {
    try {
        return call();
    } catch (const Error&) {
        throw;
    } catch (const pqxx::insufficient_privilege& e) {
        throw from_sql_error(e.what(), "42501");
    } catch (const pqxx::serialization_failure& e) {
        throw from_sql_error(e.what(), "40001");
    } catch (const pqxx::deadlock_detected& e) {
        throw from_sql_error(e.what(), "40P01");
    } catch (const pqxx::broken_connection& e) {
        throw lost(description, e.what());
    } catch (const pqxx::in_doubt_error& e) {
        throw lost(description, e.what());
    } catch (const pqxx::sql_error& e) {
        throw from_sql_error(e.what(), e.sqlstate());
    } catch (const pqxx::failure& e) {
        throw from_sql_error(e.what(), "");
    }
}

/// null: every connection is taken, and it may be tried again. libpqxx tells why it failed in words alone.
std::unique_ptr<pqxx::connection> connection_or_pause(const std::map<std::string, std::string>& parameters,
                                                      const std::string& description,
                                                      std::chrono::steady_clock::time_point deadline) {
    constexpr std::chrono::milliseconds pause{200};
    try {
        return libpqxx::connect(config::connection_string(parameters));
    } catch (const pqxx::failure& e) {
        const Refusal refusal = ask_refusal(parameters);  // no words: a connection came free in between
        const bool may_succeed = refusal.sqlstate == too_many_connections || refusal.words.empty();
        if (!may_succeed || std::chrono::steady_clock::now() >= deadline)
            throw cannot_connect({e.what(), refusal.sqlstate}, description);
    }
    std::this_thread::sleep_for(pause);
    return nullptr;
}

}  // namespace

Result Work::read(const std::string& sql, const Parameters& parameters) {
    return libpqxx::result_for(libpqxx::execute(*static_cast<pqxx::transaction_base*>(m_transaction), sql, parameters));
}

Result Work::read_often(std::string_view statement, const Parameters& parameters) {
    if (m_prepared == nullptr)
        return read(std::string(statement), parameters);
    return libpqxx::result_for(libpqxx::execute_prepared(*static_cast<pqxx::transaction_base*>(m_transaction),
                                                         m_prepared->name_of(statement), parameters));
}

std::uint64_t Work::change(const std::string& sql, const Parameters& parameters) {
    return static_cast<std::uint64_t>(
        libpqxx::execute(*static_cast<pqxx::transaction_base*>(m_transaction), sql, parameters).affected_rows());
}

Session::Session(const config::DatabaseConfig& database, std::string_view role) : m_state(std::make_unique<State>()) {
    const auto parameters = connection_parameters(database, role);
    m_state->description = config::redacted(parameters);
    const auto deadline = std::chrono::steady_clock::now() + database.connect_timeout;
    while (!m_state->connection)
        m_state->connection = connection_or_pause(parameters, m_state->description, deadline);
    execute_alone(own_settings_sql(m_state->connection->server_version()));
}

Session::~Session() = default;
Session::Session(Session&&) noexcept = default;

Result Session::read(const std::string& sql, const Parameters& parameters) {
    Result result;
    transact(Isolation::read_committed, [&](Work& work) { result = work.read(sql, parameters); });
    return result;
}

void Session::transact(Isolation isolation, const std::function<void(Work&)>& function) {
    translated(m_state->description, [&] {
        if (isolation == Isolation::repeatable_read) {
            pqxx::transaction<pqxx::isolation_level::repeatable_read> transaction(*m_state->connection);
            Work work(static_cast<pqxx::transaction_base*>(&transaction), m_state->prepared_statements());
            function(work);
            transaction.commit();
        } else {
            pqxx::work transaction(*m_state->connection);
            Work work(static_cast<pqxx::transaction_base*>(&transaction), m_state->prepared_statements());
            function(work);
            transaction.commit();
        }
    });
}

void Session::keep_prepared() {
    if (m_state->prepared)
        return;
    m_state->prepared.emplace(PreparedStatements{*m_state->connection, {}});
    execute_alone("SET plan_cache_mode = force_generic_plan");
}

void Session::execute_alone(const std::string& sql) {
    translated(m_state->description, [&] {
        pqxx::nontransaction transaction(*m_state->connection);
        transaction.exec(sql);
        transaction.commit();
    });
}

Instant Session::now() {
    const std::string answer = text("SELECT pg_catalog.clock_timestamp() AT TIME ZONE 'UTC'");
    const auto moment = parse_timestamp(answer);
    if (!moment)
        throw Error(ExitCode::unexpected, "the server's clock is unreadable: " + answer);
    return *moment;
}

int Session::backend_pid() const {
    return m_state->connection->backendpid();
}

int Session::server_version() const {
    return m_state->connection->server_version();
}

bool Session::is_broken() const {
    return !m_state->connection->is_open();
}

void Session::cancel() noexcept {
    try {
        m_state->connection->cancel_query();
    } catch (const std::exception&) {
        return;  // the query ends by itself, or the connection is gone: either way nothing is left to cancel
    }
}

bool Work::flag(const std::string& sql, const Parameters& parameters) {
    return read(sql, parameters).flag();
}

std::int64_t Work::number(const std::string& sql, const Parameters& parameters) {
    return read(sql, parameters).number();
}

std::string Work::text(const std::string& sql, const Parameters& parameters) {
    return read(sql, parameters).text();
}

bool Session::flag(const std::string& sql, const Parameters& parameters) {
    return read(sql, parameters).flag();
}

std::int64_t Session::number(const std::string& sql, const Parameters& parameters) {
    return read(sql, parameters).number();
}

std::string Session::text(const std::string& sql, const Parameters& parameters) {
    return read(sql, parameters).text();
}

}  // namespace tripmig::db
