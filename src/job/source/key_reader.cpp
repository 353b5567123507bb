#include "job/source/key_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "backfill/chunk_size.hpp"
#include "base/civil.hpp"
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

/// The planner's.
std::int64_t estimate(db::Work& work, const db::TableInfo& table, const std::string& condition) {
    const auto plan = nlohmann::json::parse(
        work.text(fmt::format("EXPLAIN (FORMAT JSON) SELECT FROM {} WHERE {}", source_of(table), condition)));
    return plan.at(0).at("Plan").at("Plan Rows").get<std::int64_t>();
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

std::string between(ddl::KeyType type, const std::string& key, const ddl::Bounds& bounds) {
    std::string condition = ddl::in_calendar(type, key);
    if (bounds.lower.is_finite())
        condition += fmt::format(" AND {} >= {}", key, ddl::bound_literal(type, bounds.lower));
    if (bounds.upper.is_finite())
        condition += fmt::format(" AND {} < {}", key, ddl::bound_literal(type, bounds.upper));
    return condition;
}

std::optional<ddl::Bound> outermost_within(db::Work& work, ddl::KeyType type, const db::TableInfo& table,
                                           const std::string& column, ddl::KeyEnd end, const ddl::Bounds& bounds) {
    const auto found = work.read(ddl::outermost_key_sql(end, source_of(table), column,
                                                        between(type, sql::quote_ident(column), bounds)))
                           .optional_text();
    return found ? ddl::parse_bound(type, *found) : std::nullopt;
}

/// A table of which nobody knows how many rows it has may have that many partitions with a row each.
constexpr std::size_t most_partitions_at_end = 200;

/// By the index, from partition to partition: KeyFacts::lowest, or highest.
std::vector<ddl::PartitionRows> read_end(db::Work& work, ddl::KeyType type, const db::TableInfo& table,
                                         const std::string& column, const config::PartitionInterval& interval,
                                         ddl::KeyEnd end, std::int64_t few, std::optional<ddl::Bound> next) {
    std::vector<ddl::PartitionRows> found;
    const bool is_up = end == ddl::KeyEnd::first;
    for (std::int64_t rows = 0; next && rows <= few && found.size() < most_partitions_at_end;) {
        const ddl::Bounds cell = ddl::bounds_containing(type, interval, *next);
        const std::int64_t count =
            work.number(fmt::format("SELECT pg_catalog.count(*) FROM (SELECT FROM {} WHERE {} LIMIT {}) AS counted",
                                    source_of(table), between(type, sql::quote_ident(column), cell), few + 1));
        const auto other =
            outermost_within(work, type, table, column, is_up ? ddl::KeyEnd::last : ddl::KeyEnd::first, cell);
        found.push_back({cell, count, is_up ? *next : other.value_or(*next), is_up ? other.value_or(*next) : *next});
        rows += count;
        const ddl::Bounds rest =
            is_up ? ddl::Bounds{cell.upper, ddl::Bound::maxvalue()} : ddl::Bounds{ddl::Bound::minvalue(), cell.lower};
        const bool has_rest = is_up ? cell.upper.is_finite() : cell.lower.is_finite();
        next = has_rest ? outermost_within(work, type, table, column, end, rest) : std::nullopt;
    }
    return found;
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
    const auto counted = usable(*type, interval);
    ddl::KeyFacts facts = has_key_index(table, column.name) ? by_index(table, column, *type, counted)
                                                            : by_scan(table, column, *type, counted);
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

ddl::KeyFacts KeyReader::by_index(const db::TableInfo& table, const db::ColumnInfo& column, ddl::KeyType type,
                                  const std::optional<config::PartitionInterval>& interval) {
    ddl::KeyFacts facts;
    const std::string key = sql::quote_ident(column.name);
    in_index_order([&](db::Work& work) {
        if (!column.not_null)
            facts.nulls = count(work, table, key + " IS NULL");
        facts.oldest = outermost(work, type, table, column.name, ddl::KeyEnd::first);
        facts.newest = outermost(work, type, table, column.name, ddl::KeyEnd::last);
        if (interval) {
            using End = ddl::KeyEnd;
            facts.few = ddl::most_outliers(table.rows);
            facts.lowest = read_end(work, type, table, column.name, *interval, End::first, facts.few, facts.oldest);
            facts.highest = read_end(work, type, table, column.name, *interval, End::last, facts.few, facts.newest);
        }
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

std::vector<ddl::YearRows> KeyReader::rows_per_year(const db::TableInfo& table, const db::ColumnInfo& column) {
    const auto type = ddl::key_type(key_type_name(column));
    std::vector<ddl::YearRows> years;
    if (!type || ddl::is_number(*type) || !has_key_index(table, column.name))
        return years;
    constexpr std::size_t most_years = 500;
    const config::PartitionInterval year = CalendarInterval{12, 0, 0};
    const std::string key = sql::quote_ident(column.name);
    in_index_order([&](db::Work& work) {
        auto next = outermost(work, *type, table, column.name, ddl::KeyEnd::first);
        while (next && years.size() < most_years) {
            const ddl::Bounds cell = ddl::bounds_containing(*type, year, *next);
            ddl::YearRows rows{civil_date(next->instant()).year, count(work, table, between(*type, key, cell)), false};
            if (rows.rows == ddl::most_counted) {
                rows.rows = std::max(rows.rows, estimate(work, table, between(*type, key, cell)));
                rows.is_estimate = true;
            }
            years.push_back(rows);
            next = outermost_within(work, *type, table, column.name, ddl::KeyEnd::first,
                                    {cell.upper, ddl::Bound::maxvalue()});
        }
    });
    return years;
}

/// Whatever statistics say: in the index's order, from its end.
void KeyReader::in_index_order(const std::function<void(db::Work&)>& function) {
    in_one_process([&](db::Work& work) {
        work.read(
            "SELECT pg_catalog.set_config('enable_seqscan', 'off', true), "
            "pg_catalog.set_config('enable_bitmapscan', 'off', true), pg_catalog.set_config('enable_sort', 'off', "
            "true)");
        function(work);
    });
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
