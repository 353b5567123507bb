#include "support/test_database.hpp"

#include <doctest/doctest.h>
#include <libpq-fe.h>
#include <unistd.h>

#include <atomic>
#include <cctype>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <stdexcept>
#include <thread>

namespace tripmig::test {

namespace {

bool test_case_failed = false;

/// Remembers whether the running test case has failed, for TestDatabase's destructor.
struct FailureListener : doctest::IReporter {
    explicit FailureListener(const doctest::ContextOptions& /*options*/) {}
    void report_query(const doctest::QueryData& /*data*/) override {}
    void test_run_start() override {}
    void test_run_end(const doctest::TestRunStats& /*stats*/) override {}
    void test_case_start(const doctest::TestCaseData& /*data*/) override { test_case_failed = false; }
    void test_case_reenter(const doctest::TestCaseData& /*data*/) override {}
    void test_case_end(const doctest::CurrentTestCaseStats& /*stats*/) override {}
    void test_case_exception(const doctest::TestCaseException& /*exception*/) override { test_case_failed = true; }
    void subcase_start(const doctest::SubcaseSignature& /*signature*/) override {}
    void subcase_end() override {}
    void log_assert(const doctest::AssertData& data) override { test_case_failed = test_case_failed || data.m_failed; }
    void log_message(const doctest::MessageData& /*data*/) override {}
    void test_case_skipped(const doctest::TestCaseData& /*data*/) override {}
};

REGISTER_LISTENER("failure", 1, FailureListener);

struct ClearResult {
    void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, ClearResult>;

bool succeeded(const Result& result) {
    const ExecStatusType status = PQresultStatus(result.get());
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

void require_success(PGconn* connection, const Result& result, const std::string& sql) {
    if (!succeeded(result))
        throw std::runtime_error(std::string(PQerrorMessage(connection)) + "in: " + sql);
}

Result query(PGconn* connection, const std::string& sql, const std::vector<std::string>& parameters) {
    std::vector<const char*> values;
    values.reserve(parameters.size());
    for (const std::string& parameter : parameters)
        values.push_back(parameter.c_str());
    Result result(PQexecParams(connection, sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(),
                               nullptr, nullptr, 0));
    require_success(connection, result, sql);
    return result;
}

std::string environment_url(const char* variable) {
    const char* const url = std::getenv(variable);
    if (url == nullptr || *url == '\0')
        throw std::runtime_error(std::string(variable) + " is not set: run this test under `tripmig sandbox run --`");
    return url;
}

std::string percent_encoded(const std::string& text) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.' || c == '/')
            encoded += c;
        else
            encoded += {'%', digits[byte >> 4U], digits[byte & 0x0FU]};
    }
    return encoded;
}

/// The same server, with these parameters changed; an empty value takes one away.
std::string url_with(const std::string& url, const std::map<std::string, std::string>& changes) {
    PQconninfoOption* const options = PQconninfoParse(url.c_str(), nullptr);
    if (options == nullptr)
        throw std::runtime_error("not a connection string: " + url);
    std::map<std::string, std::string> parameters;
    for (const PQconninfoOption* option = options; option->keyword != nullptr; ++option)
        if (option->val != nullptr)
            parameters[option->keyword] = option->val;
    PQconninfoFree(options);
    for (const auto& [name, value] : changes)
        parameters[name] = value;
    std::string made = "postgresql://";
    char separator = '?';
    for (const auto& [name, value] : parameters) {
        if (value.empty())
            continue;
        made += separator + name + "=" + percent_encoded(value);
        separator = '&';
    }
    return made;
}

std::string fresh_name() {
    static std::atomic<int> count{0};
    return "test_" + std::to_string(::getpid()) + "_" + std::to_string(++count);
}

}  // namespace

void Connection::Close::operator()(pg_conn* connection) const noexcept {
    PQfinish(connection);
}

Connection::Connection(const std::string& url) : m_connection(PQconnectdb(url.c_str())) {
    if (PQstatus(raw()) != CONNECTION_OK)
        throw std::runtime_error(PQerrorMessage(raw()));
    PQsetNoticeProcessor(
        raw(), [](void* /*argument*/, const char* /*message*/) {}, nullptr);
}

void Connection::exec(const std::string& sql) const {
    require_success(raw(), Result(PQexec(raw(), sql.c_str())), sql);
}

Rows Connection::rows(const std::string& sql, const std::vector<std::string>& parameters) const {
    const Result result = query(raw(), sql, parameters);
    Rows rows(static_cast<std::size_t>(PQntuples(result.get())));
    for (int row = 0; row < PQntuples(result.get()); ++row)
        for (int column = 0; column < PQnfields(result.get()); ++column) {
            std::optional<std::string> value;
            if (PQgetisnull(result.get(), row, column) == 0)
                value = std::string(PQgetvalue(result.get(), row, column),
                                    static_cast<std::size_t>(PQgetlength(result.get(), row, column)));
            rows[static_cast<std::size_t>(row)].push_back(std::move(value));
        }
    return rows;
}

std::string Connection::scalar(const std::string& sql, const std::vector<std::string>& parameters) const {
    const Rows all = rows(sql, parameters);
    if (all.size() != 1 || all[0].size() != 1)
        throw std::runtime_error("not one row of one column (" + std::to_string(all.size()) + " rows): " + sql);
    return all[0][0].value_or("(null)");
}

std::string Connection::sqlstate_of(const std::string& sql) const {
    const Result result(PQexec(raw(), sql.c_str()));
    if (succeeded(result))
        return {};
    const char* const sqlstate = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
    return sqlstate == nullptr ? "no SQLSTATE" : sqlstate;
}

TestDatabase::TestDatabase() : m_name(fresh_name()) {
    const std::string server = environment_url("DATABASE_URL");
    m_url = url_with(server, {{"dbname", m_name}});
    Connection(server).exec("CREATE DATABASE " + m_name);
    m_session.emplace(m_url);
}

TestDatabase::~TestDatabase() {
    if (test_case_failed && std::getenv("TRIPMIG_TEST_KEEP") != nullptr) {
        std::cerr << "kept: " << m_url << "\n";
        return;
    }
    m_session.reset();
    try {
        Connection(environment_url("DATABASE_URL")).exec("DROP DATABASE " + m_name + " WITH (FORCE)");
    } catch (const std::exception& error) {
        std::cerr << "cannot drop " << m_name << ": " << error.what() << "\n";
    }
}

std::string TestDatabase::superuser_url() const {
    return url_with(environment_url("TRIPMIG_SANDBOX_SUPERUSER_URL"), {{"dbname", m_name}});
}

std::string TestDatabase::url_as(const std::string& role, const std::string& password) const {
    return url_with(m_url, {{"user", role}, {"password", password}});
}

bool comes_true(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline)
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

void wait_until(const TestDatabase& database, const std::string& query) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (database.scalar(query) != "t") {
        if (std::chrono::steady_clock::now() > deadline)
            throw std::runtime_error("it does not come to that: " + query);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

}  // namespace tripmig::test
