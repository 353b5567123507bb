// The policy `composite` beside those who write both tables.
#include <doctest/doctest.h>

#include <chrono>

#include "cli/swap/composite_fixture.hpp"
#include "cli/swap/writers.hpp"

using namespace tripmig::test;

namespace {

/// Writes lines of orders that others change and delete, and enters what it was told into a table of its own.
class LineWriter {
  public:
    explicit LineWriter(const SwapFixture& room) : m_room(room) {
        room.database.exec("CREATE TABLE told (seq bigserial, line bigint, order_id bigint)");
        m_thread = std::thread([this] { write(); });
    }
    ~LineWriter() { stop(); }
    LineWriter(const LineWriter&) = delete;
    LineWriter& operator=(const LineWriter&) = delete;

    void stop() {
        m_is_over = true;
        if (m_thread.joinable())
            m_thread.join();
    }
    [[nodiscard]] int commits() const { return m_commits; }
    [[nodiscard]] const std::map<std::string, int>& failures() const { return m_failures; }  ///< after stop()

  private:
    static std::string change(std::mt19937& random) {
        const std::string order = std::to_string(1 + random() % 12000);
        const std::string told =
            " RETURNING id, order_id) INSERT INTO told (line, order_id) SELECT id, order_id FROM c";
        if (random() % 2 == 0)
            return "WITH c AS (INSERT INTO lines (order_id, what) VALUES (" + order + ", 'w')" + told;
        return "WITH c AS (UPDATE lines SET order_id = " + order +
               " WHERE id = " + std::to_string(1 + random() % 4000) + told;
    }

    void write() {
        const Connection session = m_room.database.connect();
        std::mt19937 random(7);
        for (int turn = 1; !m_is_over; ++turn) {
            // In bursts: whoever writes a line holds its table and then wants the orders', which the cut-over takes the
            // other way round. It gives way and tries again, and needs a moment in which nobody is between the two.
            if (turn % 20 == 0)
                std::this_thread::sleep_for(std::chrono::milliseconds(250));
            const std::string begin = random() % 3 == 0 ? "BEGIN ISOLATION LEVEL REPEATABLE READ; " : "BEGIN; ";
            const std::string sqlstate = session.sqlstate_of(begin + change(random) + "; COMMIT");
            if (sqlstate.empty()) {
                ++m_commits;
                continue;
            }
            (void)session.sqlstate_of("ROLLBACK");
            ++m_failures[sqlstate];
        }
    }

    const SwapFixture& m_room;
    std::atomic<bool> m_is_over{false};
    std::atomic<int> m_commits{0};
    std::map<std::string, int> m_failures;
    std::thread m_thread;
};

}  // namespace

TEST_CASE("composite beside writers of both tables: no line without its order, none lost, every column right") {
    for (const std::string strategy : {"attach", "copy"}) {
        CAPTURE(strategy);
        // The writers come with ids that are there, which the registry refuses as the primary key did.
        const CompositeFixture room(strategy, "unique_ids = true\n");
        fill_for_writers(room);
        room.folder.write("tripmig.toml",
                          "[swap]\ncutover_deadline = \"60s\"\nlock_budget = \"400ms\"\nchunk_target = "
                          "\"20ms\"\nworkers = 1\n");
        Writers orders(room);  // keys that change, rows that go, upserts
        LineWriter lines(room);
        const CommandResult result = room.tripmig({"swap", "run", "orders"});
        lines.stop();
        orders.stop();
        INFO(orders.failures());
        CHECK_MESSAGE(result.exit_code == 0, result.err);
        CHECK(lines.commits() > 50);
        // No such order, a snapshot's conflict, a deadlock that the server broke: nothing that is ours.
        for (const auto& failure : lines.failures())
            CHECK_MESSAGE((failure.first == "23503" || failure.first == "40001" || failure.first == "40P01"),
                          failure.first);
        CHECK(room.wrong_lines() == "0");
        CHECK(room.scalar("SELECT count(*) FROM lines WHERE order_at IS NULL") == "0");
        // What a writer was told of a line is so, unless the line's order, and the line with it, was deleted since.
        CHECK(room.scalar("SELECT count(*) FROM (SELECT DISTINCT ON (line) line, order_id FROM told ORDER BY line, seq "
                          "DESC) t LEFT JOIN lines l ON l.id = t.line WHERE l.order_id IS DISTINCT FROM t.order_id AND "
                          "NOT EXISTS (SELECT FROM journal j WHERE j.id = t.order_id AND j.gone)") == "0");
        // Lines that nobody touched.
        CHECK(room.scalar("SELECT count(*) FROM lines WHERE order_id > 12010 AND id BETWEEN 6006 AND 10000") == "3995");
    }
}
