#include "migrate/run/statement_runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "base/error.hpp"
#include "db/state/history.hpp"
#include "ddl/statement_step.hpp"
#include "migrate/run/file_failure.hpp"
#include "migrate/run/sampled_run.hpp"

namespace tripmig::migrate {

namespace chr = std::chrono;

namespace {

const db::JournalEntry* find_entry(const std::vector<db::JournalEntry>& journal, int ordinal) {
    const auto found = std::find_if(journal.begin(), journal.end(),
                                    [&](const db::JournalEntry& entry) { return entry.ordinal == ordinal; });
    return found == journal.end() ? nullptr : &*found;
}

void require_unedited(const PendingPiece& pending) {
    if (pending.entry->sha256 == pending.piece.sha256)
        return;
    throw Error(ExitCode::disagreement,
                fmt::format("{} stopped half way, and its statement {} was edited after it had run",
                            pending.migration.file, pending.piece.ordinal),
                "restore that statement's text; the statements after it may be changed")
        .at(position_of(pending.statement()));
}

/// A setting is of the session: a resumed run makes it again.
bool is_still_to_run(const PendingPiece& pending) {
    const bool is_empty = pending.piece.first == pending.piece.last;  // BEGIN; COMMIT; with nothing between
    const bool is_done = pending.was_begun() && pending.entry->is_done;
    if (is_done)
        require_unedited(pending);
    return !is_empty && (!is_done || pending.piece.kind == Piece::Kind::setting);
}

/// Nothing of it is left when it fails.
bool is_whole(Piece::Kind kind) {
    return kind == Piece::Kind::transaction || kind == Piece::Kind::committing;
}

}  // namespace

StatementRunner::StatementRunner(FileSession& session, const JobGuard& guard, const config::Config& config,
                                 Reporter& reporter, const Clock& clock, const StopSignal& stop)
    : m_session(session),
      m_guard(guard),
      m_reporter(reporter),
      m_clock(clock),
      m_committing(session, clock),
      m_indexes(session, reporter, clock, stop),
      m_batches(session, config.database, config.swap, reporter, clock, stop) {
}

void StatementRunner::run(const Migration& migration, const Script& script, const PlanOptions& options) {
    const auto started = m_clock.steady();
    const std::vector<Piece> pieces = pieces_of(script);
    const auto journal = db::read_journal(m_session.connection(), options.state_schema, migration.file);
    m_session.keep();
    bool is_half_way = !journal.empty();
    for (const Piece& piece : pieces) {
        const PendingPiece pending{migration, script, piece, options, find_entry(journal, piece.ordinal)};
        if (!is_still_to_run(pending))
            continue;
        tell(pending, pieces.size());
        try {
            run_piece(pending);
        } catch (const db::CommitInDoubt&) {
            throw;  // the journal tells: it committed with it or not at all
        } catch (const Error& error) {
            throw file_failure(error, migration, is_half_way || !is_whole(piece.kind));
        }
        is_half_way = true;
    }
    const auto duration = chr::duration_cast<chr::milliseconds>(m_clock.steady() - started).count();
    m_session.run(plan_completion(migration, script, options, duration));
}

void StatementRunner::tell(const PendingPiece& pending, std::size_t pieces) {
    const std::string& file = pending.migration.file;
    const int ordinal = pending.piece.ordinal;
    Event event{Severity::info, "migration.statement", {}, {}, {}};
    event.message = fmt::format("{}: statement {} of {}, line {}: {}", file, ordinal, pieces, pending.statement().line,
                                pending.statement().facts->kind);
    event.progress = Progress{file, static_cast<std::uint64_t>(ordinal - 1), pieces, "statements"};
    m_reporter.emit(event);
}

void StatementRunner::run_piece(const PendingPiece& pending) {
    switch (pending.piece.kind) {
        case Piece::Kind::batch:
            m_batches.run(pending);
            return;
        case Piece::Kind::committing:
            m_committing.run(pending);
            return;
        case Piece::Kind::setting:
            m_session.run(pending.unit());
            m_session.run(pending.journal(true));
            return;
        case Piece::Kind::transaction: {
            Unit unit = pending.unit();
            ddl::append(unit.steps, m_guard.checks(pending.script, pending.piece.first, pending.piece.last));
            m_session.run(unit);
            return;
        }
        case Piece::Kind::alone:
        case Piece::Kind::concurrent_index:
        case Piece::Kind::drop_index:
        case Piece::Kind::as_written:
            run_alone(pending);
            return;
    }
}

/// Outside of a transaction: begun, run, done.
void StatementRunner::run_alone(const PendingPiece& pending) {
    m_session.run(pending.journal(false));
    SampledRun sampled(m_session, m_clock);
    Unit unit = pending.unit();
    unit.is_patient = !m_session.sets_lock_timeout() && !pending.statement().directives->lock_timeout;
    if (pending.piece.kind == Piece::Kind::concurrent_index)
        m_indexes.create(pending.statement(), unit, pending.was_begun(), sampled);
    else if (pending.piece.kind == Piece::Kind::drop_index)
        m_indexes.drop(pending.statement(), unit, pending.was_begun(), sampled);
    else
        sampled.run(unit);
    m_session.run(pending.journal(true, sampled.locks()));
}

}  // namespace tripmig::migrate
