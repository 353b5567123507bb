#include "chaos/session.hpp"

#include <libpq-fe.h>

#include <chrono>
#include <stdexcept>
#include <thread>

namespace tripmig::chaos {

void Session::Close::operator()(pg_conn* connection) const noexcept {
    PQfinish(connection);
}

Session::Session(std::string url, std::string name) : m_url(std::move(url)), m_name(std::move(name)) {
    mend();
}

void Session::mend() {
    if (m_connection && PQstatus(m_connection.get()) == CONNECTION_OK &&
        PQtransactionStatus(m_connection.get()) == PQTRANS_IDLE)
        return;
    std::string problem;
    for (int attempt = 0; attempt < 100; ++attempt) {
        m_connection.reset(PQconnectdb(m_url.c_str()));
        if (PQstatus(m_connection.get()) == CONNECTION_OK) {
            PQsetNoticeProcessor(
                m_connection.get(), [](void* /*argument*/, const char* /*message*/) {}, nullptr);
            (void)ask("SET application_name = " + literal(m_name));
            return;
        }
        problem = PQerrorMessage(m_connection.get());
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    throw std::runtime_error(m_name + ": " + problem);
}

Answer Session::ask(const std::string& sql) {
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(m_connection.get(), sql.c_str()), &PQclear);
    Answer answer;
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        const char* const sqlstate = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
        answer.sqlstate = sqlstate != nullptr ? sqlstate : "lost";
        answer.message = PQerrorMessage(m_connection.get());
        return answer;
    }
    for (int row = 0; row < PQntuples(result.get()); ++row) {
        std::vector<std::string>& values = answer.rows.emplace_back();
        for (int column = 0; column < PQnfields(result.get()); ++column)
            values.emplace_back(PQgetisnull(result.get(), row, column) != 0 ? "\\N"
                                                                            : PQgetvalue(result.get(), row, column));
    }
    return answer;
}

Answer Session::insist(const std::string& sql, const std::string& what_for) {
    Answer answer;
    for (int attempt = 0; attempt < 20; ++attempt) {
        mend();
        answer = ask(sql);
        if (answer.is_ok())
            return answer;
    }
    throw std::runtime_error(m_name + ", " + what_for + ": " + answer.message);
}

std::string literal(const std::string& text) {
    if (text == "\\N")
        return "NULL";
    std::string quoted = "'";
    for (const char c : text)
        quoted += c == '\'' ? std::string("''") : std::string(1, c);
    return quoted + "'";
}

}  // namespace tripmig::chaos
