#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "cli/swap/fixture.hpp"

namespace tripmig::test {

/// Writers that change orders in every way while a swap goes on, each with ids of its own, and enter what they were
/// told was done into an append-only journal, in the transaction that does it. What the journal says is judged by plain
/// SQL: no code of tripmig's is in it.
class Writers {
  public:
    static constexpr unsigned count = 4;

    explicit Writers(const SwapFixture& room, unsigned seed = 1) : m_room(room) {
        room.database.exec(
            "CREATE TABLE journal (seq bigserial PRIMARY KEY, id bigint, at timestamp, note text, gone bool);"
            "CREATE TABLE counted (id bigint, times int);");
        for (unsigned number = 0; number < count; ++number)
            m_threads.emplace_back([this, number, seed] { write(number, seed); });
    }
    ~Writers() { stop(); }
    Writers(const Writers&) = delete;
    Writers& operator=(const Writers&) = delete;

    void stop() {
        m_stop = true;
        for (std::thread& thread : m_threads)
            if (thread.joinable())
                thread.join();
    }

    [[nodiscard]] int commits() const { return m_commits; }
    /// SQLSTATEs of transactions that failed.
    [[nodiscard]] std::string failures() {
        const std::lock_guard<std::mutex> lock(m_guard);
        std::string text;
        for (const auto& [sqlstate, times] : m_failures)
            text += sqlstate + ":" + std::to_string(times) + " ";
        return text;
    }

    /// Rows that are lost, doubled, stale or raised from the dead. "0" after stop().
    [[nodiscard]] std::string wrong_rows() const {
        return m_room.database.scalar(R"(
            WITH told AS (SELECT DISTINCT ON (id) id, at, note, gone FROM journal ORDER BY id, seq DESC),
                 there AS (SELECT id, at, note FROM orders WHERE id IN (SELECT id FROM journal))
            SELECT (SELECT count(*) FROM (SELECT * FROM told WHERE NOT gone) AS t FULL JOIN there USING (id)
                    WHERE t.id IS NULL OR there.id IS NULL OR (t.at, t.note) IS DISTINCT FROM (there.at, there.note))
                 + (SELECT count(*) - count(DISTINCT id) FROM orders)
                 + (SELECT count(*) FROM (SELECT id, sum(times) AS times FROM counted GROUP BY id) AS c JOIN orders o USING (id)
                    WHERE o.amount <> o.id + c.times))");
    }

  private:
    static std::string change(std::mt19937& random, unsigned number) {
        const auto own = [&] { return std::to_string(1 + number + count * (random() % 3000)); };
        const std::string noted =
            " RETURNING id, at, note) INSERT INTO journal (id, at, note, gone) SELECT id, at, note, ";
        const std::string value = "'" + std::to_string(random()) + "'";
        const std::string month = "interval '" + std::to_string(random() % 5) + " months'";
        switch (random() % 8) {
            case 0:
                return "WITH c AS (INSERT INTO orders (id, at, note) VALUES (" +
                       std::to_string(1'000'000 + random() % 100'000 * count + number) + ", now() - " + month + ", " +
                       value + ")" + noted + "false FROM c";
            case 1:
                return "WITH c AS (UPDATE orders SET note = " + value + " WHERE id = " + own() + noted + "false FROM c";
            case 2:
                return "WITH c AS (UPDATE orders SET at = now() - " + month + " WHERE id = " + own() + noted +
                       "false FROM c";
            case 3:
                return "WITH c AS (DELETE FROM orders WHERE id = " + own() + noted + "true FROM c";
            case 4:
                return "WITH c AS (INSERT INTO orders (id, note) VALUES (" + own() + ", " + value +
                       ") ON CONFLICT (id) DO UPDATE SET note = 'upsert ' || excluded.note" + noted + "false FROM c";
            case 5:
                return "WITH c AS (UPDATE orders SET note = " + value +
                       " WHERE id % 4 = " + std::to_string((number + 1) % count) + " AND id BETWEEN 100 AND 140" +
                       noted + "false FROM c";
            case 6:
                return "SAVEPOINT s; UPDATE orders SET note = 'undone', at = at - interval '1 year' WHERE id = " +
                       own() + "; ROLLBACK TO s";
            default: {
                // Rows that all writers want: each is counted once for each acknowledged write.
                const std::string shared = std::to_string(15000 + random() % 5);
                return "WITH c AS (UPDATE orders SET amount = amount + 1 WHERE id = " + shared +
                       " RETURNING id) INSERT INTO counted SELECT id, 1 FROM c";
            }
        }
    }

    void write(unsigned number, unsigned seed) {
        const Connection session = m_room.database.connect();
        std::mt19937 random(seed * 100 + number);
        while (!m_stop) {
            std::string sql = random() % 3 == 0 ? "BEGIN ISOLATION LEVEL REPEATABLE READ; " : "BEGIN; ";
            for (unsigned changes = 1 + random() % 2; changes > 0; --changes)
                sql += change(random, number) + "; ";
            if (random() % 40 == 0)
                sql += "SELECT pg_sleep(0.03); ";  // a transaction that stays open
            sql += random() % 20 == 0 ? "ROLLBACK" : "COMMIT";
            const std::string sqlstate = session.sqlstate_of(sql);
            if (sqlstate.empty()) {
                ++m_commits;
                continue;
            }
            (void)session.sqlstate_of("ROLLBACK");
            const std::lock_guard<std::mutex> lock(m_guard);
            ++m_failures[sqlstate];
        }
    }

    const SwapFixture& m_room;
    std::atomic<bool> m_stop{false};
    std::atomic<int> m_commits{0};
    std::mutex m_guard;
    std::map<std::string, int> m_failures;
    std::vector<std::thread> m_threads;
};

/// The rows that no writer touched, as one hash.
inline std::string untouched(const SwapFixture& room) {
    return room.database.scalar(
        "SELECT md5(string_agg(o::text, '' ORDER BY id)) FROM orders o WHERE id BETWEEN 15010 AND 900000");
}

/// The same with keys that move and an amount that tells how often it was changed.
inline void fill_for_writers(const SwapFixture& room) {
    room.database.exec(orders_and_lines);
    room.database.exec("UPDATE orders SET amount = id; ALTER TABLE orders ALTER amount DROP DEFAULT");
    room.folder.write("tripmig.toml", "[swap]\ncutover_deadline = \"30s\"\nchunk_target = \"20ms\"\nworkers = 2\n");
}

}  // namespace tripmig::test
