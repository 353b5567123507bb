#include "migrate/run/committing_runner.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <string>

#include "base/error.hpp"
#include "migrate/run/sampled_run.hpp"
#include "sql/identifier.hpp"

namespace tripmig::migrate {

namespace {

std::string way_on(const PendingPiece& pending) {
    return fmt::format(
        "check what it did; then write `-- tripmig: statement repeat=yes` above it if all of it may run again, or "
        "record it as done: UPDATE {}.statements SET state = 'done' WHERE file = {} AND ordinal = {}; then run the "
        "same command again",
        sql::quote_ident(pending.options.state_schema), sql::quote_literal(pending.migration.file),
        pending.piece.ordinal);
}

/// Of a session: each transaction has the next one (manual 54.13, virtualtransaction).
std::int64_t transaction_number(db::Connection& connection) {
    return connection
        .execute(
            "SELECT pg_catalog.split_part(virtualtransaction, '/', 2)::pg_catalog.int8 FROM pg_catalog.pg_locks "
            "WHERE locktype OPERATOR(pg_catalog.=) 'virtualxid' "
            "AND pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()")
        .number();
}

/// Counts what a session sends and how many transactions the server makes of it: outside of a transaction one each,
/// more when one of them commits by itself.
class CommitCount {
  public:
    explicit CommitCount(db::Connection& connection)
        : m_connection(connection), m_transactions(transaction_number(connection)), m_sent(connection.round_trips()) {}

    [[nodiscard]] bool is_zero() const {
        const std::int64_t transactions = transaction_number(m_connection) - m_transactions;
        return transactions == m_connection.round_trips() - m_sent;
    }

  private:
    db::Connection& m_connection;
    std::int64_t m_transactions;
    std::int64_t m_sent;
};

}  // namespace

void CommittingRunner::run(const PendingPiece& pending) {
    const bool may_repeat = pending.statement().directives->repeat.value_or(false);
    if (pending.was_begun() && !may_repeat)
        throw Error(ExitCode::stopped_half_way,
                    fmt::format("a run started statement {} of {} and did not see its end; it commits by itself, so "
                                "how far it got is not known",
                                pending.piece.ordinal, pending.migration.file),
                    way_on(pending))
            .at(position_of(pending.statement()));
    m_session.run(pending.journal(false));
    SampledRun sampled(m_session, m_clock);
    const CommitCount commits(m_session.connection());
    try {
        sampled.run(pending.unit());
    } catch (const Error& error) {
        if (m_session.is_over())
            throw;
        if (!pending.was_begun() && commits.is_zero()) {
            m_session.run(plan_forget(pending.migration, pending.piece, pending.options));
            throw;
        }
        Error failure = error.rewrapped(ExitCode::stopped_half_way);
        throw may_repeat ? failure
                         : failure.with_hint("it may have committed a part before it failed: " + way_on(pending));
    }
    m_session.run(pending.journal(true, sampled.locks()));
}

}  // namespace tripmig::migrate
