// A table with its registry beside the plain table that it was: what services do with ids, and with rows that point to
// them, ends in the same way on both.
#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>
#include <thread>

#include "cli/swap/fixture.hpp"

using namespace tripmig::test;

namespace {

struct Child {
    std::string name;
    std::string tail;
};

const std::vector<Child>& children() {
    static const std::vector<Child> all{
        {"of_no_action", "ON DELETE NO ACTION ON UPDATE NO ACTION"},
        {"of_restrict", "ON DELETE RESTRICT ON UPDATE RESTRICT"},
        {"of_cascade", "ON DELETE CASCADE ON UPDATE CASCADE"},
        {"of_null", "ON DELETE SET NULL ON UPDATE SET NULL"},
        {"of_default", "ON DELETE SET DEFAULT ON UPDATE SET DEFAULT"},
        {"of_mixed", "ON DELETE CASCADE ON UPDATE RESTRICT"},
        {"of_deferred", "DEFERRABLE INITIALLY DEFERRED"},
        {"of_deferrable", "ON DELETE CASCADE ON UPDATE CASCADE DEFERRABLE"},
    };
    return all;
}

/// Months enough for whatever moves, and the oldest order is everybody's default. Of 20 orders each child points to the
/// next ones; those above 500 nobody points to. Two weeks between two orders.
void fill_registry(const SwapFixture& room) {
    std::string sql =
        "CREATE TABLE orders (id bigint PRIMARY KEY, at timestamp NOT NULL, note text);"
        "INSERT INTO orders SELECT g, date_trunc('month', now() AT TIME ZONE 'utc') - g % 7 * interval '14 days', "
        "'order ' || g FROM generate_series(0, 1000) AS g;"
        "UPDATE orders SET at = at - interval '6 months' WHERE id = 0;";
    int first = 1;
    for (const Child& child : children()) {
        sql += "CREATE TABLE " + child.name + " (id bigint PRIMARY KEY, order_id bigint DEFAULT 0 REFERENCES orders " +
               child.tail + "); INSERT INTO " + child.name + " SELECT g, g FROM generate_series(" +
               std::to_string(first) + ", " + std::to_string(first + 19) + ") AS g;";
        first += 20;
    }
    room.database.exec(sql);
}

Rows content(const SwapFixture& room) {
    std::string sql = "SELECT t::text FROM (SELECT 'orders' AS of, id, at, note FROM orders ";
    for (const Child& child : children())
        sql += "UNION ALL SELECT '" + child.name + "', id, NULL, order_id::text FROM " + child.name + " ";
    Rows rows = room.database.rows(sql + ") AS t");
    std::sort(rows.begin(), rows.end());
    return rows;
}

std::string only_in(const SwapFixture& one, const SwapFixture& other) {
    const Rows mine = content(one);
    const Rows others = content(other);
    Rows only;
    std::set_difference(mine.begin(), mine.end(), others.begin(), others.end(), std::back_inserter(only));
    std::string text;
    for (const Row& row : only)
        text += row[0].value_or("") + " ";
    return text;
}

/// The same on both: what it says, and what is there afterwards.
void check_same(const SwapFixture& plain, const SwapFixture& swapped, const std::vector<std::string>& statements) {
    for (const std::string& sql : statements) {
        CAPTURE(sql);
        const std::string expected = plain.database.sqlstate_of(sql);
        CHECK(swapped.database.sqlstate_of(sql) == expected);
        if (!expected.empty()) {
            (void)plain.database.sqlstate_of("ROLLBACK");
            (void)swapped.database.sqlstate_of("ROLLBACK");
        }
    }
    CHECK(only_in(plain, swapped).empty());
    CHECK(only_in(swapped, plain).empty());
    CHECK(swapped.differing_ids() == "0");
}

std::vector<std::string> changes_of(const std::string& child, int first) {
    const auto id = [&](int more) { return std::to_string(first + more); };
    const std::string moved = ", at = at - interval '1 month' WHERE id ";
    return {
        "DELETE FROM orders WHERE id = " + id(0),
        "UPDATE orders SET id = 2000 + id WHERE id = " + id(1),
        "UPDATE orders SET id = 2000 + id" + moved + "= " + id(2),
        "UPDATE orders SET note = 'moved'" + moved + "= " + id(3),
        // Statements of many rows.
        "UPDATE orders SET at = at - interval '20 days' WHERE id BETWEEN " + id(4) + " AND " + id(9),
        "UPDATE orders SET id = 4000 + id WHERE id BETWEEN " + id(4) + " AND " + id(6),
        "UPDATE orders SET id = 4000 + id" + moved + "BETWEEN " + id(7) + " AND " + id(9),
        "DELETE FROM orders WHERE id BETWEEN " + id(10) + " AND " + id(12),
        "DELETE FROM orders USING " + child + " AS c WHERE orders.id = c.order_id AND c.id = " + id(13),
        "INSERT INTO " + child + " VALUES (" + id(3000) + ", 999999)",
        "INSERT INTO " + child + " VALUES (" + id(3100) + ", 700)",
        "UPDATE " + child + " SET order_id = 888888 WHERE id = " + id(14),
        "UPDATE " + child + " SET order_id = 701 WHERE id = " + id(14),
        // Gone and back, with the same id, in another month, in one statement.
        "WITH gone AS (DELETE FROM orders WHERE id = " + id(14) +
            " RETURNING *) INSERT INTO orders SELECT id, at - interval '1 month', 'back' FROM gone",
        "WITH gone AS (DELETE FROM orders WHERE id = " + id(15) +
            " RETURNING *) INSERT INTO orders SELECT id, at - interval '1 month', 'back' FROM gone",
        // Parent and child in one transaction, in the wrong order.
        "BEGIN; DELETE FROM orders WHERE id = " + id(16) + "; DELETE FROM " + child + " WHERE id = " + id(16) +
            "; COMMIT",
        "BEGIN; INSERT INTO " + child + " VALUES (" + id(3200) + ", " + id(3200) + "); INSERT INTO orders VALUES (" +
            id(3200) + ", date_trunc('day', now()) - interval '40 days', 'late'); COMMIT",
        "BEGIN; SAVEPOINT s; DELETE FROM orders WHERE id = " + id(17) + "; ROLLBACK TO s; COMMIT",
        "BEGIN; SET CONSTRAINTS ALL DEFERRED; UPDATE orders SET id = id + 6000 WHERE id = " + id(18) + "; UPDATE " +
            child + " SET order_id = " + id(18) + " + 6000 WHERE id = " + id(18) +
            "; SET CONSTRAINTS ALL IMMEDIATE; COMMIT",
    };
}

// clang-format off: one statement a line
// NOLINTBEGIN(bugprone-suspicious-missing-comma): two of them go on in the next line
const std::vector<std::string>& changes_of_nobodys() {
    static const std::vector<std::string> all{
        "INSERT INTO orders SELECT g, date_trunc('day', now()) - g % 60 * interval '1 day', 'many' FROM "
        "generate_series(20001, 25000) AS g",
        "INSERT INTO orders SELECT g, date_trunc('day', now()) - interval '50 days', 'one twice' FROM "
        "generate_series(24999, 25010) AS g",
        "INSERT INTO orders VALUES (600, now() - interval '1 day', 'there in another month')",
        "UPDATE orders SET id = 601 WHERE id = 602",
        "UPDATE orders SET at = at - interval '1 month' WHERE id BETWEEN 20001 AND 24000",
        "UPDATE orders SET id = id + 100000, at = at - interval '3 days' WHERE id BETWEEN 20001 AND 22000",
        "DELETE FROM orders WHERE id BETWEEN 22001 AND 23000",
        "BEGIN; DELETE FROM orders WHERE id = 603; INSERT INTO orders VALUES (603, date_trunc('day', now()) - interval "
        "'20 days', 'again'); COMMIT",
        "BEGIN; INSERT INTO orders VALUES (50000, date_trunc('day', now()), 'a'); DELETE FROM orders WHERE id = 50000; "
        "INSERT INTO orders VALUES (50000, date_trunc('day', now()) - interval '40 days', 'b'); COMMIT",
        "BEGIN; SAVEPOINT s; UPDATE orders SET id = 50001, at = at - interval '1 month' WHERE id = 604; ROLLBACK TO s; "
        "UPDATE orders SET at = at - interval '1 month' WHERE id = 604; COMMIT",
        "WITH c AS (UPDATE orders SET id = 50002 WHERE id = 605 RETURNING *) INSERT INTO orders SELECT 605, at - "
        "interval '1 month', note FROM c",
    };
    return all;
}
// NOLINTEND(bugprone-suspicious-missing-comma)
// clang-format on

/// Incoming keys, or none and `unique_ids`.
void swap(const SwapFixture& room, const std::string& strategy, bool has_children) {
    (void)room.folder.write(
        "partitions/orders.toml",
        std::string("table = \"public.orders\"\nkey = \"at\"\ninterval = \"1 month\"\npremake = 2\n[swap]\n") +
            (has_children ? "incoming_foreign_keys = \"registry\"\n" : "unique_ids = true\n"));
    if (!has_children)
        for (const Child& child : children())
            room.database.exec("ALTER TABLE " + child.name + " DROP CONSTRAINT " + child.name + "_order_id_fkey");
    (void)room.swap({"run", "orders", "--strategy", strategy});
    CHECK(room.database.scalar("SELECT count(DISTINCT tableoid) > 3 FROM orders") == (strategy == "copy" ? "t" : "f"));
}

/// `sql` in a thread, and where it stands.
class Waiting {
  public:
    Waiting(const SwapFixture& room, const std::string& begin, std::string sql) : m_session(room.database.connect()) {
        m_session.exec(begin);
        m_pid = m_session.scalar("SELECT pg_backend_pid()");
        m_thread = std::thread([this, text = std::move(sql)] { m_sqlstate = m_session.sqlstate_of(text); });
        wait_until(room.database, "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = " + m_pid);
    }
    ~Waiting() {
        if (m_thread.joinable())
            m_thread.join();
    }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

    /// The SQLSTATE of it, and of the COMMIT when it succeeded.
    std::string end() {
        m_thread.join();
        return m_sqlstate.empty() ? m_session.sqlstate_of("COMMIT") : m_sqlstate;
    }

  private:
    Connection m_session;
    std::string m_pid;
    std::string m_sqlstate;
    std::thread m_thread;
};

const std::vector<std::string> levels{"READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"};
const char* const this_month = ", date_trunc('month', now() AT TIME ZONE 'utc'), 'x')";
const char* const earlier = ", date_trunc('month', now() AT TIME ZONE 'utc') - interval '40 days', 'y')";

}  // namespace

TEST_CASE("foreign keys of every action, immediate and deferred, do on the registry what they did on the table") {
    const SwapFixture plain;
    fill_registry(plain);
    const SwapFixture swapped;
    fill_registry(swapped);
    swap(swapped, "copy", true);
    int first = 1;
    for (const Child& child : children()) {
        CAPTURE(child.name);
        std::vector<std::string> statements = changes_of(child.name, first);
        if (child.name == "of_no_action") {
            // The one difference: the registry's row goes, and is missed, before the statement has put it back.
            const auto back = statements.end() - 5;
            CHECK(back->find("RETURNING *) INSERT") != std::string::npos);
            CHECK(swapped.database.sqlstate_of(*back) == "23503");
            statements.erase(back);
        }
        check_same(plain, swapped, statements);
        first += 20;
    }
    check_same(plain, swapped, changes_of_nobodys());
}

TEST_CASE("unique_ids without a child: single rows, many at once, rows that move, ids that change") {
    const SwapFixture plain;
    fill_registry(plain);
    const SwapFixture swapped;
    fill_registry(swapped);
    for (const Child& child : children())
        plain.database.exec("ALTER TABLE " + child.name + " DROP CONSTRAINT " + child.name + "_order_id_fkey");
    swap(swapped, "copy", false);
    check_same(plain, swapped, changes_of_nobodys());
}

TEST_CASE("one id in two months at once, at every isolation level: one of them waits, and there is one row") {
    for (const bool has_children : {true, false}) {
        const SwapFixture room;
        fill_registry(room);
        swap(room, "copy", has_children);
        int id = 70'000;
        for (const std::string& level : levels)
            for (const std::string end : {"COMMIT", "ROLLBACK"}) {
                CAPTURE(level);
                CAPTURE(end);
                const std::string values = "INSERT INTO orders VALUES (" + std::to_string(++id);
                const Connection first = room.database.connect();
                first.exec("BEGIN ISOLATION LEVEL " + level + "; " + values + this_month);
                Waiting second(room, "BEGIN ISOLATION LEVEL " + level + "; SELECT", values + earlier);
                first.exec(end);
                const std::string sqlstate = second.end();
                if (end == "ROLLBACK")
                    CHECK(sqlstate.empty());
                else  // one that may be tried again finds the duplicate then
                    CHECK((sqlstate == "23505" || (sqlstate == "40001" && level != "READ COMMITTED")));
                CHECK(room.database.scalar("SELECT count(*) FROM orders WHERE id = " + std::to_string(id)) == "1");
            }
        CHECK(room.differing_ids() == "0");
    }
}

TEST_CASE("an id that is deleted in one month while it is inserted in another: the insert waits, and then it may") {
    const SwapFixture room;
    fill_registry(room);
    swap(room, "copy", false);
    int id = 600;
    for (const std::string& level : levels) {
        CAPTURE(level);
        const std::string text = std::to_string(++id);
        const Connection first = room.database.connect();
        first.exec("BEGIN; DELETE FROM orders WHERE id = " + text);
        Waiting second(
            room, "BEGIN ISOLATION LEVEL " + level + "; SELECT",
            "INSERT INTO orders VALUES (" + text + ", date_trunc('month', now() AT TIME ZONE 'utc'), 'new')");
        first.exec("COMMIT");
        CHECK(second.end().empty());
        CHECK(room.database.scalar("SELECT note FROM orders WHERE id = " + text) == "new");
    }
    CHECK(room.differing_ids() == "0");
}

TEST_CASE("a child that is inserted while its order goes: one of them fails, no orphan is left") {
    const SwapFixture room;
    fill_registry(room);
    swap(room, "copy", true);
    int id = 600;
    for (const std::string& level : levels) {
        CAPTURE(level);
        const std::string text = std::to_string(++id);
        const Connection first = room.database.connect();
        first.exec("BEGIN; INSERT INTO of_no_action VALUES (" + text + ", " + text + ")");
        Waiting second(room, "BEGIN ISOLATION LEVEL " + level + "; SELECT", "DELETE FROM orders WHERE id = " + text);
        first.exec("COMMIT");
        const std::string sqlstate = second.end();
        CHECK((sqlstate == "23503" || (sqlstate == "40001" && level != "READ COMMITTED")));
        CHECK(room.database.scalar("SELECT count(*) FROM orders WHERE id = " + text) == "1");
    }
    CHECK(room.differing_ids() == "0");
}

TEST_CASE("TRUNCATE with children: refused while they have rows, in one command with them it goes") {
    const SwapFixture room;
    fill_registry(room);
    swap(room, "copy", true);
    (void)room.swap({"finish", "orders", "--yes"});
    const std::string leaf = room.database.scalar("SELECT tableoid::regclass FROM orders WHERE id = 1");
    const Rows before = content(room);
    for (const std::string sql : {"TRUNCATE orders", "TRUNCATE orders CASCADE", "TRUNCATE ONLY orders, of_cascade"}) {
        CAPTURE(sql);
        CHECK(!room.database.sqlstate_of(sql).empty());
        CHECK((content(room) == before));
        CHECK(room.differing_ids() == "0");
    }
    CHECK(room.database.sqlstate_of("TRUNCATE " + leaf) == "23503");
    CHECK(room.database.sqlstate_of("TRUNCATE orders") == "23503");
    std::string all = "orders";
    for (const Child& child : children())
        all += ", " + child.name;
    room.database.exec("BEGIN; TRUNCATE " + all + "; ROLLBACK");
    CHECK((content(room) == before));
    CHECK(room.differing_ids() == "0");
    room.database.exec("TRUNCATE " + all);
    CHECK(room.database.scalar("SELECT count(*) FROM orders_ids") == "0");
    CHECK(room.database.sqlstate_of("INSERT INTO of_cascade VALUES (1, 1)") == "23503");
    room.database.exec(
        "INSERT INTO orders VALUES (1, now() - interval '1 day', 'anew'); INSERT INTO of_cascade VALUES (1, 1)");
}

TEST_CASE("TRUNCATE without children: the table, a leaf of the copy, a leaf of maintain; never by an older snapshot") {
    for (const std::string strategy : {"attach", "copy"}) {
        CAPTURE(strategy);
        const SwapFixture room;
        fill_registry(room);
        swap(room, strategy, false);
        (void)room.swap({"finish", "orders", "--yes"});
        const std::string leaf = room.database.scalar("SELECT tableoid::regclass FROM orders WHERE id = 1");
        const std::string left =
            room.database.scalar("SELECT count(*) FROM orders WHERE tableoid <> '" + leaf + "'::regclass");
        room.database.exec("TRUNCATE " + leaf);
        CHECK(room.database.scalar("SELECT count(*) FROM orders_ids") == left);
        CHECK(room.differing_ids() == "0");
        room.database.exec("INSERT INTO orders VALUES (1, now() + interval '35 days', 'ahead')");
        room.database.exec("TRUNCATE " + room.database.scalar("SELECT tableoid::regclass FROM orders WHERE id = 1"));
        CHECK(room.differing_ids() == "0");
        // Of a snapshot that does not have the row which TRUNCATE takes all the same.
        for (const std::string level : {"REPEATABLE READ", "SERIALIZABLE"}) {
            const Connection older = room.database.connect();
            older.exec("BEGIN ISOLATION LEVEL " + level + "; SELECT");
            room.database.exec("INSERT INTO orders VALUES (5000, now(), 'newer')");
            CHECK(older.sqlstate_of("TRUNCATE orders") == "0A000");
            older.exec("ROLLBACK");
            CHECK(room.differing_ids() == "0");
            room.database.exec("TRUNCATE orders CASCADE");
            CHECK(room.database.scalar("SELECT count(*) FROM orders_ids") == "0");
        }
    }
}
