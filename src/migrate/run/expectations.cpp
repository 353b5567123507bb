#include "migrate/run/expectations.hpp"

#include <fmt/format.h>

#include <chrono>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace tripmig::migrate {

namespace {

/// What a file that sets no statement_timeout allows one question.
constexpr std::chrono::seconds usual_time_limit{30};

Unit question(const sql::Expectation& expected) {
    Unit unit;
    unit.name = expected.query;
    unit.user_sql = true;
    unit.transaction_modes = "READ ONLY";
    // As a subquery it can give one value only, and IS TRUE takes a boolean alone.
    Step step;
    step.sql = fmt::format("SELECT ({}\n) IS TRUE", expected.query);
    step.why = "what the file expects before it runs";
    unit.steps.push_back(std::move(step));
    return unit;
}

Error refusal(const Migration& migration, const sql::Expectation& expected, std::string_view found) {
    return Error(ExitCode::refused, fmt::format("{} expects what {}: {}", migration.file, found, expected.query),
                 "nothing of the file ran; make it true, or change the expectation, and run the same command again")
        .at(expected.position);
}

/// The query itself is at fault, or takes too long: 21000, several rows; 42804, not a boolean; 57014, the time limit.
Error failure(const Migration& migration, const sql::Expectation& expected, const Error& error) {
    const bool is_querys_fault = error.code() == ExitCode::unexpected || error.code() == ExitCode::migration_failed ||
                                 error.sqlstate() == "57014";
    if (!is_querys_fault)
        return error.rewrapped(error.code(), fmt::format("{}: expect {}: ", migration.file, expected.query));
    return refusal(migration, expected, "cannot be answered with one boolean")
        .with_sqlstate(error.sqlstate())
        .with_detail(error.message());
}

}  // namespace

void require_expectations(FileSession& session, const Migration& migration, const Script& script) {
    const auto limit = script.directives.statement_timeout.value_or(usual_time_limit);
    for (const sql::Expectation& expected : script.directives.expected) {
        bool holds = false;
        try {
            holds = session.ask(question(expected), limit).results.front().flag();
        } catch (const Error& error) {
            if (session.is_over())
                throw;
            throw failure(migration, expected, error);
        }
        if (!holds)
            throw refusal(migration, expected, "does not hold");
    }
}

}  // namespace tripmig::migrate
