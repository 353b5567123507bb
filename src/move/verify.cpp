#include "move/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "ddl/statement_step.hpp"
#include "sql/identifier.hpp"

namespace tripmig::move {

namespace {

struct Digest {
    std::int64_t rows = 0;
    std::int64_t low = 0;
    std::int64_t high = 0;

    void add(const db::Result& result, std::size_t row, std::size_t first) {
        rows += result.number(row, first);
        low += result.number(row, first + 1);
        high += result.number(row, first + 2);
    }
    friend bool operator==(const Digest&, const Digest&) = default;
};

/// Both sides, leaf by leaf. Bucket 0 of the plain side: keys below the first leaf, which must all be in the log.
class Sides {
  public:
    Sides(const Comparison& comparison, std::string snapshot, Reporter& reporter)
        : m_comparison(comparison),
          m_snapshot(std::move(snapshot)),
          m_reporter(reporter),
          m_plain(comparison.leaves.size() + 1),
          m_leaves(comparison.leaves.size()),
          m_ranges(static_cast<std::size_t>((comparison.blocks + blocks_at_once - 1) / blocks_at_once)) {}

    [[nodiscard]] std::size_t items() const { return m_ranges + m_leaves.size(); }

    void look(db::Executor& executor, std::size_t item) {
        if (item < m_ranges) {
            const auto first = static_cast<std::int64_t>(item) * blocks_at_once;
            const db::Result result = read(executor, plain_digest_sql(m_comparison, first, first + blocks_at_once));
            const std::lock_guard<std::mutex> lock(m_guard);
            for (std::size_t row = 0; row < result.rows(); ++row)
                m_plain.at(static_cast<std::size_t>(result.number(row, 0))).add(result, row, 1);
        } else {
            const std::size_t leaf = item - m_ranges;
            const db::Result result = read(executor, leaf_digest_sql(m_comparison, m_comparison.leaves.at(leaf)));
            const std::lock_guard<std::mutex> lock(m_guard);
            m_leaves.at(leaf).add(result, 0, 0);
        }
        tell();
    }

    [[nodiscard]] std::vector<Difference> differences() const {
        std::vector<Difference> found;
        if (m_plain.front().rows > 0)
            found.push_back({m_comparison.plain, m_plain.front().rows, 0, {}});
        for (std::size_t leaf = 0; leaf < m_leaves.size(); ++leaf)
            if (!(m_leaves[leaf] == m_plain[leaf + 1]))
                found.push_back({m_comparison.leaves[leaf].name, m_plain[leaf + 1].rows, m_leaves[leaf].rows, {}});
        return found;
    }

    db::Result read(db::Executor& executor, std::string sql) const {
        Unit unit;
        unit.name = "compare";
        unit.steps = {ddl::statement("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "one moment"),
                      ddl::statement(fmt::format("SET TRANSACTION SNAPSHOT {}", sql::quote_literal(m_snapshot)),
                                     "the same for all workers"),
                      ddl::statement(std::move(sql), "counts and hashes")};
        return executor.run(unit).results.back();
    }

  private:
    static constexpr std::int64_t blocks_at_once = 8192;

    void tell() {
        const std::lock_guard<std::mutex> lock(m_guard);
        ++m_done;
        Event event{Severity::debug, "move.verified", {}, {}, {}};
        const std::string task = fmt::format("verify {}", sql::quoted(m_comparison.plain));
        event.message = fmt::format("{}: {} of {} parts", task, m_done, items());
        event.progress = Progress{task, m_done, items(), "parts"};
        m_reporter.emit(event);
    }

    const Comparison& m_comparison;
    std::string m_snapshot;
    Reporter& m_reporter;
    std::vector<Digest> m_plain;
    std::vector<Digest> m_leaves;
    std::size_t m_ranges;
    std::size_t m_done = 0;
    std::mutex m_guard;
};

void find_keys(const Comparison& comparison, const Sides& sides, db::Executor& executor, Difference& difference) {
    for (const ComparedLeaf& leaf : comparison.leaves) {
        if (!(leaf.name == difference.leaf))
            continue;
        const db::Result keys = sides.read(executor, differing_keys_sql(comparison, leaf));
        for (std::size_t row = 0; row < keys.rows(); ++row)
            difference.keys.emplace_back(keys.text(row, 0));
    }
}

}  // namespace

std::vector<Difference> verify(const Comparison& comparison, db::Session& session, Workers& workers, Throttle& throttle,
                               const StopSignal& stop, Reporter& reporter) {
    std::vector<Difference> differences;
    session.transact(db::Isolation::repeatable_read, [&](db::Work& work) {
        Sides sides(comparison, db::text_of(work.read("SELECT pg_catalog.pg_export_snapshot()").at(0).at(0)), reporter);
        workers.for_each(sides.items(), [&](db::Executor& executor, std::size_t item) {
            stop.check();
            throttle.wait();
            sides.look(executor, item);
        });
        differences = sides.differences();
        workers.for_each(std::min<std::size_t>(differences.size(), 10), [&](db::Executor& executor, std::size_t item) {
            find_keys(comparison, sides, executor, differences[item]);
        });
    });
    return differences;
}

}  // namespace tripmig::move
