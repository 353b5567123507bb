// The part of Runner that runs a CALL or DO which commits by itself. While it runs, its journal row says that it was
// started and nothing else: only a run that saw its end knows how far it came.

#include <fmt/format.h>

#include "base/error.hpp"
#include "migrate/run/run.hpp"
#include "sql/identifier.hpp"

namespace tripmig::migrate {

namespace chr = std::chrono;

namespace {

std::string way_on(const Migration& migration, const Piece& piece, const PlanOptions& options) {
    return fmt::format(
        "look at what it did; then write `-- tripmig: statement repeat=yes` above it when all of it may run again, or "
        "record it as done: UPDATE {}.statements SET state = 'done' WHERE file = {} AND ordinal = {}; then run the "
        "same command again",
        sql::quote_ident(options.state_schema), sql::quote_literal(migration.file), piece.ordinal);
}

}  // namespace

/// Of the session: each transaction has the next one (manual 54.13, virtualtransaction).
std::int64_t Runner::transaction_number() {
    return m_connection
        .execute(
            "SELECT pg_catalog.split_part(virtualtransaction, '/', 2)::pg_catalog.int8 FROM pg_catalog.pg_locks "
            "WHERE locktype OPERATOR(pg_catalog.=) 'virtualxid' "
            "AND pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()")
        .number();
}

void Runner::apply_committing(const Migration& migration, const Script& script, const Piece& piece,
                              const PlanOptions& options, const db::JournalEntry* entry) {
    const ScriptStatement& statement = script.statements[piece.first];
    const bool may_repeat = statement.directives->repeat.value_or(false);
    if (entry != nullptr && !may_repeat)
        throw Error(ExitCode::stopped_half_way,
                    fmt::format("a run began statement {} of {} and did not see its end; it commits by itself, so how "
                                "far it came is not known",
                                piece.ordinal, migration.file),
                    way_on(migration, piece, options))
            .at(position_of(statement));
    const Unit unit = plan_piece(migration, script, piece, options);
    run_unit(plan_journal(migration, piece, options, false));
    m_sampled.clear();
    const auto started = m_clock.steady();
    const std::int64_t before = transaction_number();
    try {
        run_alone(unit);
    } catch (const Error& error) {
        if (m_connection.is_broken() || m_stop.is_raised())
            throw;
        // One transaction for each step, the one that failed as well, and this look: it committed nothing.
        const bool is_one = unit.steps.size() == 1 && transaction_number() == before + 2;
        if (is_one && entry == nullptr) {
            run_unit(plan_forget(migration, piece, options));
            throw;
        }
        if (may_repeat)
            throw error.rewrapped(ExitCode::stopped_half_way);
        Error failure = error.rewrapped(ExitCode::stopped_half_way);
        throw failure.with_hint("it may have committed a part before it failed: " + way_on(migration, piece, options));
    }
    const auto took = chr::duration_cast<chr::milliseconds>(m_clock.steady() - started);
    run_unit(plan_journal(migration, piece, options, true, db::SampledLocks{m_sampled, took.count()}));
}

}  // namespace tripmig::migrate
