#include "backfill/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>

#include "backfill/chunk_size.hpp"
#include "backfill/keys.hpp"
#include "db/block_size.hpp"
#include "db/executor.hpp"
#include "ddl/index_definition.hpp"
#include "ddl/statement_step.hpp"
#include "sql/identifier.hpp"

namespace tripmig::backfill {

namespace chr = std::chrono;
using ddl::statement;

std::vector<BlockRange> remaining(const std::vector<BlockRange>& done, std::int64_t blocks) {
    std::vector<BlockRange> ranges;
    std::int64_t from = 0;
    for (const BlockRange& range : done) {
        if (range.first > from)
            ranges.push_back({from, std::min(range.first, blocks)});
        from = std::max(from, range.past);
    }
    if (from < blocks)
        ranges.push_back({from, blocks});
    return ranges;
}

std::vector<BlockRange> loaded_ranges(db::Session& session, const Transfer& transfer) {
    std::vector<BlockRange> ranges;
    for (const db::Row& row :
         session.read(fmt::format("SELECT first_block, past_block FROM {} ORDER BY 1", sql::quoted(transfer.chunks))))
        ranges.push_back({row.number("first_block"), row.number("past_block")});
    return ranges;
}

std::string load_progress_sql(const QualifiedName& chunks) {
    // The earliest chunk of that minute was at work before it: its blocks do not count for the rate.
    return fmt::format(
        "SELECT COALESCE(pg_catalog.sum(past_block - first_block), 0)::pg_catalog.int8 AS blocks_done, "
        "pg_catalog.current_setting('block_size')::pg_catalog.int8 AS block_size, "
        "(SELECT (pg_catalog.sum(past_block - first_block) FILTER (WHERE loaded_at > since) "
        "/ NULLIF(EXTRACT(epoch FROM pg_catalog.max(loaded_at) - since), 0))::pg_catalog.float8 "
        "FROM (SELECT first_block, past_block, loaded_at, pg_catalog.min(loaded_at) OVER () AS since FROM {0} "
        "WHERE loaded_at > (SELECT pg_catalog.max(loaded_at) FROM {0}) - interval '1 minute') AS recent GROUP BY "
        "since) AS blocks_a_second "
        "FROM {0}",
        sql::quoted(chunks));
}

Step load_blocks(const Projection& projection, BlockRange range) {
    const std::string columns = ddl::column_list(projection.columns);
    return statement(
        fmt::format("INSERT INTO {0} ({1}) OVERRIDING SYSTEM VALUE SELECT {1} FROM ONLY {2} WHERE ctid >= "
                    "'({3},0)'::pg_catalog.tid AND ctid < '({4},0)'::pg_catalog.tid",
                    sql::quoted(projection.target), columns, sql::quoted(projection.source), range.first, range.past),
        fmt::format("blocks {} to {}", range.first, range.past - 1), {{projection.source, LockMode::access_share}});
}

Step same_file(const QualifiedName& source, std::int64_t filenode) {
    return ddl::check(fmt::format("SELECT pg_catalog.pg_relation_filenode({}::pg_catalog.regclass) = {}",
                                  sql::quote_literal(sql::quoted(source)), filenode),
                      "the table was rewritten while it was copied");
}

Step purge_touched(const Transfer& transfer, const QualifiedName& target) {
    const std::vector<std::string> keys = transfer.capture.key_names();
    return statement(fmt::format("DELETE FROM {} AS copied USING (SELECT DISTINCT {} FROM {} WHERE NOT truncated) AS "
                                 "touched WHERE {}",
                                 sql::quoted(target), ddl::column_list(keys), sql::quoted(transfer.capture.log),
                                 is_named_by(transfer.capture.key(), "copied", "touched")),
                     "rows changed after capture began are left to the catch-up");
}

namespace {

/// What a chunk writes at once every commit beside it has to flush, and wait for: with pieces of a chunk of less than
/// 100 kB to 1 MB it is soon done with.
constexpr chr::milliseconds bite_target{2};
constexpr std::int64_t fewest_blocks = 16;

/// One load: hands out the blocks, and counts what is done.
class Load {
  public:
    Load(const Transfer& transfer, const LoadJob& job, const std::vector<BlockRange>& done, std::uint64_t block_size,
         Throttle& throttle, Reporter& reporter)
        : m_transfer(transfer),
          m_job(job),
          m_blocks(all_blocks(job)),
          m_left(remaining(done, m_blocks)),
          m_block_size(block_size),
          m_throttle(throttle),
          m_reporter(reporter) {
        std::reverse(m_left.begin(), m_left.end());
        m_done = m_blocks;
        for (const BlockRange& range : m_left)
            m_done -= range.past - range.first;
    }

    /// The next chunk for this worker; nullopt when all are taken.
    std::optional<BlockRange> take(const db::Executor& worker) {
        const std::lock_guard<std::mutex> lock(m_guard);
        if (m_left.empty())
            return std::nullopt;
        const std::int64_t size = size_of(worker).size();
        BlockRange& range = m_left.back();
        const std::int64_t end_of_table = table_with(range.first).past;
        const BlockRange chunk{range.first, std::min({range.first + size, range.past, end_of_table})};
        range.first = chunk.past;
        if (range.first >= range.past)
            m_left.pop_back();
        return chunk;
    }

    void copy(db::Executor& worker, BlockRange chunk) {
        const Unit unit = unit_of(chunk, m_throttle.is_resting() ? bite_of(worker) : chunk.past - chunk.first);
        const auto started = chr::steady_clock::now();
        chr::microseconds rested{0};
        const Resting resting(worker, [&] { rested += m_throttle.pause_in_proportion(); });
        try {
            run(worker, unit);
        } catch (const Error& error) {
            if (error.sqlstate() != "23514" || !m_job.make_place)
                throw;
            make_place();
            run(worker, unit);  // also when none was made: the row may have changed since
        }
        note(worker, chunk, chr::duration_cast<chr::milliseconds>(chr::steady_clock::now() - started - rested));
    }

  private:
    /// A table in the blocks of all.
    struct Place {
        const LoadedTable& table;
        std::int64_t first;
        std::int64_t past;
    };

    static std::int64_t all_blocks(const LoadJob& job) {
        std::int64_t blocks = 0;
        for (const LoadedTable& table : job.tables)
            blocks += table.blocks;
        return blocks;
    }

    [[nodiscard]] Place table_with(std::int64_t block) const {
        std::int64_t first = 0;
        for (const LoadedTable& table : m_job.tables) {
            if (block < first + table.blocks)
                return {table, first, first + table.blocks};
            first += table.blocks;
        }
        throw Error(ExitCode::unexpected, fmt::format("block {} is beyond all tables that are loaded", block));
    }

    static void run(db::Executor& worker, const Unit& unit) {
        try {
            worker.run(unit);
        } catch (const db::CheckFailed& failed) {  // same_file() is its only one
            throw TableRewritten(failed);
        }
    }

    /// While it lives, this worker rests after each step.
    class Resting {
      public:
        Resting(db::Executor& worker, std::function<void()> rest) : m_worker(worker) {
            m_worker.set_after_step(std::move(rest));
        }
        ~Resting() { m_worker.set_after_step({}); }
        Resting(const Resting&) = delete;
        Resting& operator=(const Resting&) = delete;

      private:
        db::Executor& m_worker;
    };

    ChunkSize& size_of(const db::Executor& worker) {
        constexpr ChunkSize::Bounds bounds{fewest_blocks, 1'048'576};
        return m_sizes.try_emplace(&worker, ChunkSize(256, bounds, m_job.chunk_target)).first->second;
    }

    /// Blocks of about bite_target.
    std::int64_t bite_of(const db::Executor& worker) {
        const std::lock_guard<std::mutex> lock(m_guard);
        const std::int64_t bites = std::max<std::int64_t>(m_job.chunk_target / bite_target, 1);
        return std::max(size_of(worker).size() / bites, fewest_blocks);
    }

    [[nodiscard]] Unit unit_of(BlockRange chunk, std::int64_t bite) const {
        const Place place = table_with(chunk.first);
        const BlockRange own{chunk.first - place.first, chunk.past - place.first};
        Unit unit;
        unit.name = fmt::format("load blocks {} to {} of {}", own.first, own.past - 1, sql::quoted(place.table.name));
        unit.asynchronous = true;
        for (std::int64_t first = own.first; first < own.past; first += bite)
            for (const Projection& projection : m_transfer.projections)
                if (projection.source == place.table.name)
                    unit.steps.push_back(load_blocks(projection, {first, std::min(first + bite, own.past)}));
        unit.steps.push_back(same_file(place.table.name, place.table.filenode));
        unit.steps.push_back(statement(
            fmt::format("INSERT INTO {} VALUES ({}, {})", sql::quoted(m_transfer.chunks), chunk.first, chunk.past),
            "these blocks are done"));
        return unit;
    }

    void make_place() {
        const std::lock_guard<std::mutex> lock(m_guard);
        m_job.make_place();
    }

    void note(const db::Executor& worker, BlockRange chunk, chr::milliseconds took) {
        const std::lock_guard<std::mutex> lock(m_guard);
        ChunkSize& size = size_of(worker);
        if (chunk.past - chunk.first == size.size())
            size.took(took);
        m_done += chunk.past - chunk.first;
        Event event{Severity::debug, "move.loaded", {}, {}, {}};
        const std::string task = fmt::format("load {}", sql::quoted(m_transfer.projections.front().target));
        event.message = fmt::format("{}: {} of {} blocks", task, m_done, m_blocks);
        event.progress = Progress{task, static_cast<std::uint64_t>(m_done), static_cast<std::uint64_t>(m_blocks),
                                  "blocks", m_block_size};
        m_reporter.emit(event);
    }

    const Transfer& m_transfer;
    const LoadJob& m_job;
    std::int64_t m_blocks;           ///< of all tables
    std::vector<BlockRange> m_left;  ///< the next one last
    std::uint64_t m_block_size;
    std::int64_t m_done = 0;
    Throttle& m_throttle;
    Reporter& m_reporter;
    std::mutex m_guard;
    std::map<const db::Executor*, ChunkSize> m_sizes;
};

}  // namespace

Unit vacuum_loaded(const QualifiedName& target, bool is_analyzed, int rest_percent) {
    // A page that it freezes costs 21 (vacuum_cost_page_hit and _dirty) and 10 to 20 us: a nap after about 1 ms.
    constexpr int cost_limit = 1000;
    constexpr double longest_delay = 100;
    const std::string_view options = is_analyzed ? "FREEZE, TRUNCATE false, ANALYZE" : "FREEZE, TRUNCATE false";
    Unit unit = ddl::alone(fmt::format("vacuum {}", sql::quoted(target)),
                           ddl::statement(fmt::format("VACUUM ({}) {}", options, sql::quoted(target)),
                                          "otherwise autovacuum would run as soon as it is in use",
                                          {{target, LockMode::share_update_exclusive}}));
    if (rest_percent == 0)
        return unit;
    const double delay = std::min(rest_percent / 100.0, longest_delay);
    unit.steps.insert(unit.steps.begin(),
                      {statement(fmt::format("SET vacuum_cost_limit = {}", cost_limit), "VACUUM pauses itself"),
                       statement(fmt::format("SET vacuum_cost_delay = {:.2f}", delay), "in ms")});
    unit.steps.push_back(statement("RESET vacuum_cost_delay", "for later statements"));
    unit.steps.push_back(statement("RESET vacuum_cost_limit", "for later statements"));
    return unit;
}

void load(const Transfer& transfer, const LoadJob& job, db::Session& session, Workers& workers, Throttle& throttle,
          const StopSignal& stop, Reporter& reporter) {
    Load load(transfer, job, loaded_ranges(session, transfer), db::read_block_size(session), throttle, reporter);
    workers.run([&](db::Executor& worker) {
        stop.check();
        throttle.wait();
        const auto chunk = load.take(worker);
        if (chunk)
            load.copy(worker, *chunk);
        return chunk.has_value();
    });
}

}  // namespace tripmig::backfill
