// The part of Runner that runs an UPDATE or DELETE in ranges of a key: look at the catalog, then range after range,
// each with its journal row in one transaction, so that a resumed run goes on behind the last one that committed.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "backfill/chunk_size.hpp"
#include "backfill/throttle.hpp"
#include "base/error.hpp"
#include "db/connection_parameters.hpp"
#include "migrate/batch_statement.hpp"
#include "migrate/dotted_name.hpp"
#include "migrate/run/run.hpp"
#include "migrate/statements.hpp"
#include "sql/identifier.hpp"

namespace tripmig::migrate {

namespace chr = std::chrono;

namespace {

/// Types whose text form gives the very same value back, whatever the session's settings are but DateStyle.
constexpr std::array<std::string_view, 12> key_types = {
    "int2", "int4", "int8", "numeric", "oid", "uuid", "text", "varchar", "bpchar", "date", "timestamp", "timestamptz"};

Error refused(const ScriptStatement& statement, const std::string& why, std::string hint) {
    return Error(ExitCode::refused, "this statement can't be run in batches: " + why, std::move(hint))
        .at(position_of(statement));
}

/// What was done up to some key must go on as it began.
void require_same(const Migration& migration, const ScriptStatement& statement, const Piece& piece,
                  const db::JournalEntry& entry) {
    if (entry.sha256 == piece.sha256 && entry.progress->by == statement.directives->batch->by)
        return;
    throw Error(
        ExitCode::disagreement,
        fmt::format("{} stopped in the middle of this statement, and it was edited then: its rows up to {} {} "
                    "have what it said before",
                    migration.file, entry.progress->by, entry.progress->last.value_or("")),
        fmt::format("bring the text back; or, when the new one may start with the first row, delete statement {} "
                    "of that file from the state schema's table `statements`",
                    piece.ordinal))
        .at(position_of(statement));
}

}  // namespace

BatchKey Runner::read_batch_key(const ScriptStatement& statement, const sql::RangeStatement& cut) {
    const std::string& by = statement.directives->batch->by;
    BatchKey key;
    key.table = dotted_name(cut.table);
    key.column = sql::quote_ident(by);
    const db::Result found = m_connection.execute(std::string(statements::batch_key), {key.table, by});
    if (found.empty())
        throw refused(statement, fmt::format("there is no table {}", key.table), "check its name and the search_path");
    const db::Row facts = found.row();
    if (!facts.flag("is_table"))
        throw refused(statement, fmt::format("{} is no table", key.table), "name the table itself");
    if (!facts.flag("has_column"))
        throw refused(statement, fmt::format("{} has no column {}", key.table, key.column),
                      "batch by= names a column of the table");
    const std::string type = facts.text("base_type");
    if (std::find(key_types.begin(), key_types.end(), type) == key_types.end())
        throw refused(statement, fmt::format("{} is of type {}", key.column, facts.text("type")),
                      "batch by an integer, numeric, uuid, text or date column");
    if (!facts.flag("leads_index"))
        throw refused(statement, fmt::format("no index begins with {}", key.column),
                      "batch by the primary key, or by the first column of another btree index without WHERE");
    if (!facts.flag("not_null"))
        throw refused(statement, fmt::format("{} may be NULL, and no range has such rows", key.column),
                      "batch by the primary key, or by another column that is NOT NULL");
    key.type = facts.text("type");
    key.rows = facts.number("rows");
    return key;
}

/// One key as text, in a form that does not hang on the session's DateStyle.
std::optional<std::string> Runner::read_key(const std::string& name, const std::string& sql) {
    Unit unit;
    unit.name = name;
    unit.user_sql = true;
    unit.keeps_session = true;
    Step style;
    style.sql = "SET LOCAL DateStyle = 'ISO'";
    Step read;
    read.sql = sql;
    unit.steps = {style, read};
    return run_unit(unit).results.at(1).optional_text();
}

void Runner::apply_batches(const Migration& migration, const Script& script, const Piece& piece,
                           const PlanOptions& options, const db::JournalEntry* entry) {
    const ScriptStatement& statement = script.statements[piece.first];
    const sql::Batch& batch = *statement.directives->batch;
    const sql::RangeStatement cut = batched(statement);
    const std::string name = fmt::format("{} line {}", migration.file, statement.line);
    if (entry != nullptr && entry->progress)
        require_same(migration, statement, piece, *entry);
    const BatchKey key = read_batch_key(statement, cut);
    db::JournalProgress progress{batch.by, {}, {}, 0};
    if (entry != nullptr && entry->progress) {
        progress = *entry->progress;
        m_reporter.info("batch.resumed", fmt::format("{}: goes on behind {} {}", name, batch.by, *progress.last));
    } else if (const auto highest = read_key(name, highest_key_sql(cut, key))) {
        progress.upper = *highest;
    } else {
        run_unit(plan_journal(migration, piece, options, true));  // an empty table
        return;
    }
    const config::DatabaseConfig database = db::direct_connection(m_config.database);
    backfill::Throttle throttle(database, m_config.swap, m_reporter, m_clock, m_stop);
    const auto size = static_cast<std::int64_t>(batch.size);
    backfill::ChunkSize chunk(size, {1, size}, m_config.swap.chunk_target);
    std::uint64_t changed = 0;
    while (progress.last != progress.upper) {
        throttle.wait();
        const auto started = m_clock.steady();
        const std::int64_t taken = chunk.size();
        db::JournalProgress done = progress;
        done.last = read_key(name, next_key_sql(cut, key, progress, taken)).value_or(progress.upper);
        done.rows += taken;
        const Unit unit =
            plan_batch(migration, script, piece, options, batch_step(statement, cut, key, progress, *done.last), done);
        const std::vector<db::Result> results = run_unit(unit).results;
        for (std::size_t i = 0; i < unit.steps.size(); ++i)
            changed += unit.steps[i].source ? results[i].affected() : 0;  // not the journal's row
        progress = done;
        chunk.took(chr::duration_cast<chr::milliseconds>(m_clock.steady() - started));
        tell_batch(name, key, progress);
        if (progress.last != progress.upper && batch.pause.count() > 0)
            m_stop.wait_for(batch.pause);
    }
    Event event{Severity::info, "batch.done", fmt::format("{}: {} rows changed in batches", name, changed), {}, {}};
    event.fields = {{"file", migration.file}, {"rows", fmt::format("{}", changed)}};
    m_reporter.emit(event);
}

void Runner::tell_batch(const std::string& name, const BatchKey& key, const db::JournalProgress& progress) {
    Event event{Severity::info, "batch.progress", {}, {}, {}};
    event.message = fmt::format("{}: done up to {} {}", name, progress.by, *progress.last);
    const auto rows = static_cast<std::uint64_t>(progress.rows);
    const bool is_done = progress.last == progress.upper;
    const auto estimate = static_cast<std::uint64_t>(std::max<std::int64_t>(key.rows, 0));
    // An estimate that was too low is none: the end is not reached before it is.
    event.progress = Progress{name, rows, is_done ? rows : rows < estimate ? estimate : 0, "rows"};
    event.fields = {{"last", *progress.last}, {"rows", fmt::format("{}", rows)}};
    m_reporter.emit(event);
}

}  // namespace tripmig::migrate
