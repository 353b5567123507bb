#include "job/source/key_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "backfill/chunk_size.hpp"
#include "base/counted.hpp"
#include "base/error.hpp"
#include "db/block_size.hpp"
#include "job/replacement.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

namespace chr = std::chrono;

namespace {

/// While work pauses for others, it does so after every piece of about this.
constexpr chr::milliseconds piece_target{2};
constexpr std::int64_t fewest_blocks = 16;
constexpr std::int64_t first_chunk = 256;
/// A table of so many blocks is read at once: nothing holds that long, and its job begins.
constexpr std::int64_t read_at_once = 1024;

std::string source_of(const db::TableInfo& table) {
    return "ONLY " + sql::quoted(table.name);
}

std::optional<ddl::Bound> outermost(db::Work& work, ddl::KeyType type, const db::TableInfo& table,
                                    const std::string& key, ddl::KeyEnd end) {
    const auto found =
        work.read(ddl::outermost_key_sql(end, source_of(table), key, ddl::in_calendar(type, sql::quote_ident(key))))
            .optional_text();
    return found ? ddl::parse_bound(type, *found) : std::nullopt;
}

std::int64_t count(db::Work& work, const db::TableInfo& table, const std::string& condition) {
    return work.number(
        fmt::format("SELECT pg_catalog.count(*) FROM (SELECT FROM {} WHERE {} LIMIT {}) AS "
                    "counted",
                    source_of(table), condition, ddl::most_counted));
}

ddl::OutsideKeys outside(db::Work& work, const db::TableInfo& table, const std::string& key, ddl::KeyEnd end,
                         const std::optional<std::string>& condition) {
    if (!condition)
        return {};
    ddl::OutsideKeys keys;
    keys.rows = count(work, table, *condition);
    if (keys.rows > 0)
        keys.example = work.text(ddl::outermost_key_sql(end, source_of(table), key, *condition));
    return keys;
}

/// Nothing is counted by an interval that preflight refuses.
std::optional<config::PartitionInterval> usable(ddl::KeyType type,
                                                const std::optional<config::PartitionInterval>& interval) {
    try {
        if (interval)
            ddl::check_interval(type, *interval);
    } catch (const Error&) {
        return std::nullopt;
    }
    return interval;
}

/// Tells how far the pass is, and sizes its chunks.
class Pass {
  public:
    Pass(const db::TableInfo& table, std::uint64_t block_size, chr::milliseconds chunk_target, Reporter& reporter)
        : m_task(fmt::format("read the keys of {}", sql::quoted(table.name))),
          m_blocks(table.pages),
          m_block_size(block_size),
          m_target(chunk_target),
          m_size(first_chunk, {fewest_blocks, 1'048'576}, chunk_target),
          m_reporter(reporter) {}

    [[nodiscard]] bool is_done() const { return m_done >= m_blocks; }
    [[nodiscard]] bool may_be_held() const { return m_done > 0 && m_blocks > read_at_once; }
    [[nodiscard]] std::int64_t first() const { return m_done; }
    [[nodiscard]] std::int64_t past() const { return std::min(m_done + m_size.size(), m_blocks); }
    [[nodiscard]] std::int64_t piece() const {
        return std::max(m_size.size() / std::max<std::int64_t>(m_target / piece_target, 1), fewest_blocks);
    }

    void tell_begin(const std::string& key) {
        if (m_blocks > first_chunk)
            m_reporter.info("swap.read_keys", fmt::format("{} ({}; no index begins with {})", m_task,
                                                          counted(m_blocks, "block"), sql::quote_ident(key)));
    }

    void did_chunk(chr::microseconds worked) {
        const std::int64_t done = past();
        if (done - m_done == m_size.size())
            m_size.took(chr::duration_cast<chr::milliseconds>(worked));
        m_done = done;
        Event event{Severity::debug, "swap.keys_read", {}, {}, {}};
        event.message = fmt::format("{}: {} of {} blocks", m_task, m_done, m_blocks);
        event.progress = Progress{m_task, static_cast<std::uint64_t>(m_done), static_cast<std::uint64_t>(m_blocks),
                                  "blocks", m_block_size};
        m_reporter.emit(event);
    }

  private:
    std::string m_task;
    std::int64_t m_blocks;
    std::uint64_t m_block_size;
    std::int64_t m_done = 0;
    chr::milliseconds m_target;
    backfill::ChunkSize m_size;
    Reporter& m_reporter;
};

}  // namespace

bool has_key_index(const db::TableInfo& table, const std::string& key) {
    return std::any_of(table.indexes.begin(), table.indexes.end(),
                       [&](const db::IndexInfo& index) { return ddl::is_ordered_by(index, key); });
}

ddl::KeyFacts KeyReader::read(const db::TableInfo& table, const db::ColumnInfo& column,
                              const std::optional<config::PartitionInterval>& interval) {
    const auto type = ddl::key_type(key_type_name(column));
    const bool is_empty = !m_session.flag(fmt::format("SELECT EXISTS (SELECT FROM {})", source_of(table)));
    if (is_empty || !type) {
        ddl::KeyFacts facts;
        facts.is_empty = is_empty;
        return facts;
    }
    ddl::KeyFacts facts = has_key_index(table, column.name) ? by_index(table, column, *type)
                                                            : by_scan(table, column, *type, usable(*type, interval));
    facts.is_empty = false;
    return facts;
}

std::optional<ddl::Bound> KeyReader::newest(const db::TableInfo& table, const db::ColumnInfo& column) {
    const auto type = ddl::key_type(key_type_name(column));
    if (!type)
        return std::nullopt;
    if (!has_key_index(table, column.name))
        return by_scan(table, column, *type, {}).newest;
    std::optional<ddl::Bound> newest;
    in_one_process([&](db::Work& work) { newest = outermost(work, *type, table, column.name, ddl::KeyEnd::last); });
    return newest;
}

ddl::KeyFacts KeyReader::by_index(const db::TableInfo& table, const db::ColumnInfo& column, ddl::KeyType type) {
    ddl::KeyFacts facts;
    const std::string key = sql::quote_ident(column.name);
    in_one_process([&](db::Work& work) {
        // Whatever statistics say: in the index's order, from its end.
        work.read(
            "SELECT pg_catalog.set_config('enable_seqscan', 'off', true), "
            "pg_catalog.set_config('enable_bitmapscan', 'off', true), pg_catalog.set_config('enable_sort', 'off', "
            "true)");
        if (!column.not_null)
            facts.nulls = count(work, table, key + " IS NULL");
        facts.oldest = outermost(work, type, table, column.name, ddl::KeyEnd::first);
        facts.newest = outermost(work, type, table, column.name, ddl::KeyEnd::last);
        const auto early = ddl::before_calendar(type, key);
        facts.early = outside(work, table, column.name, ddl::KeyEnd::first, early);
        facts.late = outside(work, table, column.name, ddl::KeyEnd::last, ddl::after_calendar(type, key));
        if (!early)
            return;
        const auto has = [&](const char* value) {
            return count(work, table, fmt::format("{} = '{}'", key, value)) > 0;
        };
        facts.has_infinity = has("infinity");
        facts.has_minus_infinity = has("-infinity");
    });
    return facts;
}

ddl::KeyFacts KeyReader::by_scan(const db::TableInfo& table, const db::ColumnInfo& column, ddl::KeyType type,
                                 const std::optional<config::PartitionInterval>& interval) {
    Pass pass(table, db::read_block_size(m_session), m_chunk_target, m_reporter);
    ddl::KeyScan scan(type, interval);
    const backfill::Throttle::Careful careful(m_throttle);
    pass.tell_begin(column.name);
    while (!pass.is_done()) {
        if (pass.may_be_held())
            m_throttle.wait();
        const auto began = chr::steady_clock::now();
        chr::microseconds paused{0};
        in_one_process([&](db::Work& work) {
            const std::int64_t piece = m_throttle.is_resting() ? pass.piece() : pass.past() - pass.first();
            for (std::int64_t first = pass.first(); first < pass.past(); first += piece) {
                for (const db::Row& row : work.read(ddl::key_scan_sql(type, source_of(table), column.name, interval,
                                                                      first, std::min(first + piece, pass.past()))))
                    scan.add(row.text("place"), row.number("rows"), row.optional_text("first"),
                             row.optional_text("last"));
                paused += m_throttle.pause_in_proportion();
            }
        });
        pass.did_chunk(chr::duration_cast<chr::microseconds>(chr::steady_clock::now() - began) - paused);
    }
    return scan.facts();
}

/// Whatever the role's settings are: a query of several processes takes the processors from the service, and what is
/// read in a chunk is not worth a compiler.
void KeyReader::in_one_process(const std::function<void(db::Work&)>& function) {
    m_session.transact(db::Isolation::read_committed, [&](db::Work& work) {
        work.read(
            "SELECT pg_catalog.set_config('max_parallel_workers_per_gather', '0', true), "
            "pg_catalog.set_config('jit', 'off', true)");
        function(work);
    });
}

}  // namespace tripmig::job
