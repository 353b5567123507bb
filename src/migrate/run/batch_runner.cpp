#include "migrate/run/batch_runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "backfill/chunk_size.hpp"
#include "backfill/throttle.hpp"
#include "base/counted.hpp"
#include "base/error.hpp"
#include "db/connection_parameters.hpp"
#include "migrate/batch_statement.hpp"
#include "migrate/run/batch_key.hpp"

namespace tripmig::migrate {

namespace chr = std::chrono;

namespace {

/// What was done up to some key must go on as it began.
void require_same(const PendingPiece& pending) {
    const db::JournalEntry& entry = *pending.entry;
    if (entry.sha256 == pending.piece.sha256 && entry.progress->by == pending.statement().directives->batch->by)
        return;
    throw Error(ExitCode::disagreement,
                fmt::format("{} stopped in the middle of this statement, which was then edited: its rows up to {} {} "
                            "were changed by the old text",
                            pending.migration.file, entry.progress->by, entry.progress->last.value_or("")),
                fmt::format("restore the text; or, if the new one may start at the first row, delete statement {} of "
                            "that file from table `statements` of the state schema",
                            pending.piece.ordinal))
        .at(position_of(pending.statement()));
}

/// How many rows the users' statements of the unit changed: not the journal's.
std::uint64_t changed_rows(const Unit& unit, const std::vector<db::Result>& results) {
    std::uint64_t rows = 0;
    for (std::size_t i = 0; i < unit.steps.size(); ++i)
        rows += unit.steps[i].source ? results[i].affected() : 0;
    return rows;
}

}  // namespace

/// The ranges of one statement.
class BatchRunner::Batches {
  public:
    Batches(BatchRunner& runner, const PendingPiece& pending)
        : m_runner(runner),
          m_pending(pending),
          m_cut(batched(pending.statement())),
          m_key(read_batch_key(runner.m_session.connection(), pending.statement(), m_cut)),
          m_name(fmt::format("{} line {}", pending.migration.file, pending.statement().line)),
          m_progress{batch().by, {}, {}, 0} {}

    /// Where the ranges begin and end. False: the table is empty.
    bool begin() {
        if (m_pending.was_begun() && m_pending.entry->progress) {
            m_progress = *m_pending.entry->progress;
            m_runner.m_reporter.info("batch.resumed",
                                     fmt::format("{}: resumes after {} {}", m_name, batch().by, *m_progress.last));
            return true;
        }
        const auto highest = read_key(highest_key_sql(m_cut, m_key));
        if (highest)
            m_progress.upper = *highest;
        return highest.has_value();
    }

    void run() {
        const config::DatabaseConfig database = db::direct_connection(m_runner.m_database);
        backfill::Throttle throttle(database, m_runner.m_throttle, m_runner.m_reporter, m_runner.m_clock,
                                    m_runner.m_stop);
        const auto size = static_cast<std::int64_t>(batch().size);
        backfill::ChunkSize chunk(size, {1, size}, m_runner.m_throttle.chunk_target);
        while (!is_done()) {
            throttle.wait();
            const auto started = m_runner.m_clock.steady();
            run_next(chunk.size());
            chunk.took(chr::duration_cast<chr::milliseconds>(m_runner.m_clock.steady() - started));
            tell_progress();
            if (!is_done() && batch().pause.count() > 0)
                m_runner.m_clock.wait_for(batch().pause, m_runner.m_stop);
        }
        tell_done();
    }

  private:
    [[nodiscard]] const sql::Batch& batch() const { return *m_pending.statement().directives->batch; }
    [[nodiscard]] bool is_done() const { return m_progress.last == m_progress.upper; }

    /// One key as text, in a form that does not hang on the session's DateStyle.
    [[nodiscard]] std::optional<std::string> read_key(const std::string& sql) const {
        Unit unit;
        unit.name = m_name;
        unit.user_sql = true;
        unit.keeps_session = true;
        Step style;
        style.sql = "SET LOCAL DateStyle = 'ISO'";
        Step read;
        read.sql = sql;
        unit.steps = {style, read};
        return m_runner.m_session.run(unit).results.at(1).optional_text();
    }

    void run_next(std::int64_t rows) {
        db::JournalProgress done = m_progress;
        done.last = read_key(next_key_sql(m_cut, m_key, m_progress, rows)).value_or(m_progress.upper);
        done.rows += rows;
        const Unit unit = plan_batch(m_pending.migration, m_pending.script, m_pending.piece, m_pending.options,
                                     batch_step(m_pending.statement(), m_cut, m_key, m_progress, *done.last), done);
        m_changed += changed_rows(unit, m_runner.m_session.run(unit).results);
        m_progress = done;
    }

    void tell_progress() const {
        Event event{Severity::info, "batch.progress", {}, {}, {}};
        event.message = fmt::format("{}: done up to {} {}", m_name, m_progress.by, *m_progress.last);
        const auto rows = static_cast<std::uint64_t>(m_progress.rows);
        const auto estimate = static_cast<std::uint64_t>(std::max<std::int64_t>(m_key.rows, 0));
        // An estimate that was too low is none: the end is not reached before it is.
        event.progress = Progress{m_name, rows, is_done() ? rows : rows < estimate ? estimate : 0, "rows"};
        event.fields = {{"last", *m_progress.last}, {"rows", fmt::format("{}", rows)}};
        m_runner.m_reporter.emit(event);
    }

    void tell_done() const {
        Event event{Severity::info, "batch.done", {}, {}, {}};
        event.message = fmt::format("{}: {} changed in batches", m_name, counted(m_changed, "row"));
        event.fields = {{"file", m_pending.migration.file}, {"rows", fmt::format("{}", m_changed)}};
        m_runner.m_reporter.emit(event);
    }

    BatchRunner& m_runner;
    const PendingPiece& m_pending;
    sql::RangeStatement m_cut;
    BatchKey m_key;
    std::string m_name;
    db::JournalProgress m_progress;
    std::uint64_t m_changed = 0;
};

void BatchRunner::run(const PendingPiece& pending) {
    if (pending.was_begun() && pending.entry->progress)
        require_same(pending);
    Batches batches(*this, pending);
    if (batches.begin())
        batches.run();
    else
        m_session.run(pending.journal(true));
}

}  // namespace tripmig::migrate
