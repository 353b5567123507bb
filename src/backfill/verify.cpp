#include "backfill/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "ddl/statement_step.hpp"
#include "sql/identifier.hpp"

namespace tripmig::backfill {

namespace {

struct Digest {
    std::int64_t rows = 0;
    std::uint64_t hash = 0;  ///< the sum of the rows' hashes, modulo 2^63

    void add(const Digest& other) {
        constexpr std::uint64_t low_63_bits = ~0ULL >> 1U;
        rows += other.rows;
        hash = (hash + other.hash) & low_63_bits;
    }
    friend bool operator==(const Digest&, const Digest&) = default;
};

Digest digest_in(const db::Row& row) {
    return {row.number("rows"), static_cast<std::uint64_t>(row.number("hash"))};
}

/// Both sides: the leaves each by itself, the plain table as a whole, and only where the two differ by leaf too.
class Sides {
  public:
    Sides(const Comparison& comparison, std::string snapshot, Reporter& reporter)
        : m_comparison(comparison),
          m_snapshot(std::move(snapshot)),
          m_reporter(reporter),
          m_buckets(comparison.leaves.size() + 1),
          m_leaves(comparison.leaves.size()) {
        add_ranges({comparison.plain, comparison.blocks});
        for (const ComparedTable& table : comparison.more)
            add_ranges(table);
    }

    [[nodiscard]] std::size_t ranges() const { return m_ranges.size(); }
    [[nodiscard]] std::size_t items() const { return ranges() + m_leaves.size(); }

    void look(db::Executor& executor, std::size_t item) {
        const bool is_plain = item < ranges();
        const db::Result result =
            read(executor, is_plain ? plain_digest_sql(m_comparison, m_ranges[item])
                                    : leaf_digest_sql(m_comparison, m_comparison.leaves.at(item - ranges())));
        const std::lock_guard<std::mutex> lock(m_guard);
        (is_plain ? m_plain : m_leaves.at(item - ranges())).add(digest_in(result.row()));
        tell();
    }

    [[nodiscard]] bool agree() const {
        Digest copied;
        for (const Digest& leaf : m_leaves)
            copied.add(leaf);
        return copied == m_plain;
    }

    void look_by_leaf(db::Executor& executor, std::size_t range) {
        const db::Result result = read(executor, plain_buckets_sql(m_comparison, m_ranges.at(range)));
        const std::lock_guard<std::mutex> lock(m_guard);
        for (const db::Row& row : result)
            m_buckets.at(static_cast<std::size_t>(row.number("bucket"))).add(digest_in(row));
    }

    /// After look_by_leaf() of every range. Keys below the first leaf must all be in the log.
    [[nodiscard]] std::vector<Difference> differences() const {
        std::vector<Difference> found;
        if (m_buckets.front().rows > 0)
            found.push_back({m_comparison.plain, m_buckets.front().rows, 0, {}});
        for (std::size_t leaf = 0; leaf < m_leaves.size(); ++leaf)
            if (!(m_leaves[leaf] == m_buckets[leaf + 1]))
                found.push_back({m_comparison.leaves[leaf].name, m_buckets[leaf + 1].rows, m_leaves[leaf].rows, {}});
        return found;
    }

    db::Result read(db::Executor& executor, std::string sql) const {
        Unit unit;
        unit.name = "compare";
        unit.steps = {ddl::statement("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "one snapshot"),
                      ddl::statement(fmt::format("SET TRANSACTION SNAPSHOT {}", sql::quote_literal(m_snapshot)),
                                     "the same for all workers"),
                      ddl::statement(std::move(sql), "counts and hashes")};
        return executor.run(unit).results.back();
    }

  private:
    static constexpr std::int64_t blocks_at_once = 8192;

    void add_ranges(const ComparedTable& table) {
        for (std::int64_t first = 0; first < table.blocks; first += blocks_at_once)
            m_ranges.push_back({table.name, first, first + blocks_at_once});
    }

    void tell() {
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
    Digest m_plain;
    std::vector<Digest> m_buckets;  ///< of the plain table: its rows by leaf
    std::vector<Digest> m_leaves;
    std::vector<ComparedBlocks> m_ranges;
    std::size_t m_done = 0;
    std::mutex m_guard;
};

/// What was counted for a leaf: keys up to the next one, also those of a gap between the two.
ComparedLeaf counted_for(const Comparison& comparison, const QualifiedName& leaf) {
    for (std::size_t at = 0; at < comparison.leaves.size(); ++at) {
        ComparedLeaf counted = comparison.leaves[at];
        if (counted.name == leaf) {
            counted.upper = at + 1 < comparison.leaves.size() ? comparison.leaves[at + 1].lower : std::string();
            return counted;
        }
    }
    ComparedLeaf below = comparison.leaves.front();
    below.upper = std::exchange(below.lower, {});
    return below;
}

void find_keys(const Comparison& comparison, const Sides& sides, db::Executor& executor, Difference& difference) {
    if (comparison.leaves.empty())
        return;
    for (const db::Row& row :
         sides.read(executor, differing_keys_sql(comparison, counted_for(comparison, difference.leaf))))
        difference.keys.push_back(row.text_or_empty("key"));
}

}  // namespace

std::vector<Difference> verify(Comparison comparison, db::Session& session, Workers& workers, Throttle& throttle,
                               const StopSignal& stop, Reporter& reporter) {
    std::vector<Difference> differences;
    session.transact(db::Isolation::repeatable_read, [&](db::Work& work) {
        const std::string is_log_empty = comparison.log.name.empty()
                                             ? std::string("true")
                                             : fmt::format("NOT EXISTS (SELECT FROM {})", sql::quoted(comparison.log));
        const db::Row moment =
            work.read(
                    fmt::format("SELECT pg_catalog.pg_export_snapshot() AS snapshot, {} AS is_log_empty", is_log_empty))
                .row();
        comparison.is_log_empty = moment.flag("is_log_empty");
        Sides sides(comparison, moment.text("snapshot"), reporter);
        workers.for_each(sides.items(), [&](db::Executor& executor, std::size_t item) {
            stop.check();
            throttle.wait();
            sides.look(executor, item);
        });
        if (sides.agree())
            return;
        workers.for_each(sides.ranges(), [&](db::Executor& executor, std::size_t range) {
            stop.check();
            sides.look_by_leaf(executor, range);
        });
        differences = sides.differences();
        workers.for_each(std::min<std::size_t>(differences.size(), 10), [&](db::Executor& executor, std::size_t item) {
            find_keys(comparison, sides, executor, differences[item]);
        });
    });
    return differences;
}

}  // namespace tripmig::backfill
