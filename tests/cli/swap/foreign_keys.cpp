// Foreign keys to partitioned tables, and foreign keys whose rows point nowhere.
#include <doctest/doctest.h>

#include "cli/swap/fixture.hpp"

using namespace tripmig::test;

namespace {

/// Orders of customers, with lines that point to them.
class KeysRoom : public SwapFixture {
  public:
    explicit KeysRoom(const std::string& incoming = "registry") {
        folder.write("partitions/orders.toml",
                     "table = \"public.orders\"\nkey = \"at\"\ninterval = \"1 month\"\npremake = 1\nstart = "
                     "\"2026-01-01\"\n[swap]\nincoming_foreign_keys = \"" +
                         incoming + "\"\n");
        database.exec(R"(
            CREATE TABLE customers (id bigint PRIMARY KEY);
            CREATE TABLE orders (id bigint PRIMARY KEY, at timestamp NOT NULL,
                                 customer_id bigint REFERENCES customers (id) ON DELETE CASCADE);
            CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders (id), at timestamp NOT NULL);
            INSERT INTO customers SELECT generate_series(1, 10);
            INSERT INTO orders SELECT g, (now() AT TIME ZONE 'utc') - g * interval '5 hours', 1 + g % 10
                FROM generate_series(1, 500) g;
            INSERT INTO lines SELECT id, id, at FROM orders)");
    }
    [[nodiscard]] std::string scalar(const std::string& sql) const { return database.scalar(sql); }
    /// composite needs PostgreSQL 15.
    [[nodiscard]] bool has_composite() const {
        return scalar("SELECT current_setting('server_version_num')::int >= 150000") == "t";
    }
    /// As a restore or a replication worker writes: no foreign key is checked.
    void write_unchecked(const std::string& sql) const {
        Connection(database.superuser_url()).exec("SET session_replication_role = replica; " + sql);
    }
    [[nodiscard]] std::string is_valid(const std::string& key, const std::string& table) const {
        return scalar("SELECT COALESCE(bool_and(convalidated)::text, 'none') FROM pg_constraint WHERE conname = '" +
                      key + "' AND conrelid = '" + table + "'::regclass");
    }
    /// The command is refused, and says all of that.
    void refused(const std::vector<std::string>& arguments, const std::vector<std::string>& texts) const {
        const CommandResult result = tripmig(arguments);
        CHECK_MESSAGE(result.exit_code == 12, result.err);
        for (const std::string& text : texts)
            CHECK_MESSAGE(result.err.find(text) != std::string::npos, result.err);
    }
    /// The command succeeds, and warns of that.
    void warned(const std::vector<std::string>& arguments, const std::vector<std::string>& texts) const {
        const CommandResult result = tripmig(arguments);
        CHECK_MESSAGE(result.exit_code == 0, result.err);
        for (const std::string& text : texts)
            CHECK_MESSAGE(result.err.find(text) != std::string::npos, result.err);
    }
};

const char* const orphan_line = "INSERT INTO lines VALUES (9001, 4711, now())";
const char* const orphan_order = "INSERT INTO orders VALUES (9002, '2026-01-05', 4712)";

}  // namespace

TEST_CASE("a foreign key to a partitioned table is one key: swap, revert, swap, split") {
    for (const std::string strategy : {"attach", "copy"}) {
        CAPTURE(strategy);
        const KeysRoom room("composite");
        if (!room.has_composite())
            return;
        room.folder.write("partitions/lines.toml",
                          "table = \"public.lines\"\nkey = \"at\"\ninterval = \"1 month\"\npremake = 1\n[swap]\n"
                          "strategy = \"" +
                              strategy + "\"\n");
        (void)room.swap({"run", "orders", "--strategy", strategy});
        const std::string before = room.dump();
        const auto works = [&] {
            CHECK(room.is_valid("lines_order_id_fkey", "lines") == "true");
            CHECK(room.scalar("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 AND conrelid "
                              "= 'lines'::regclass") == "1");
            CHECK(room.database.sqlstate_of("INSERT INTO lines VALUES (-1, -1, now())") == "23503");
            CHECK(room.database.sqlstate_of("DELETE FROM orders WHERE id = 7") == "23503");
        };
        CHECK(room.swap({"run", "lines"})["stage"] == "complete");
        works();
        room.refused({"swap", "revert", "orders"}, {"public.lines was partitioned after", "swap revert public.lines"});
        CHECK(room.swap({"revert", "lines"})["stage"] == "reverted");
        works();
        CHECK(room.dump() == before);
        CHECK(room.swap({"run", "lines"})["stage"] == "complete");
        CHECK(room.swap({"finish", "lines", "--yes"})["stage"] == "finished");
        if (strategy == "attach") {
            const CommandResult split = room.tripmig({"partition", "split", "lines_past"});
            CHECK_MESSAGE(split.exit_code == 0, split.err);
        }
        works();
        const CommandResult maintain = room.tripmig({"partition", "maintain"});
        CHECK_MESSAGE(maintain.exit_code == 0, maintain.err);
        works();
        CHECK(room.scalar("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND NOT convalidated AND conparentid "
                          "= 0") == "0");
        CHECK(room.scalar("SELECT count(*) FROM lines JOIN orders o ON o.id = order_id AND o.at = order_at") == "500");
    }
}

TEST_CASE("an incoming foreign key that is NOT VALID is refused in the plan") {
    for (const std::string incoming : {"registry", "composite"}) {
        CAPTURE(incoming);
        const KeysRoom room(incoming);
        room.database.exec("ALTER TABLE lines ADD CONSTRAINT late FOREIGN KEY (id) REFERENCES orders NOT VALID");
        room.refused({"swap", "run", "orders"}, {"public.lines.late: is NOT VALID", "VALIDATE CONSTRAINT late"});
        CHECK(room.tripmig({"swap", "plan", "orders"}).exit_code == 12);
        CHECK(room.scalar("SELECT count(*) FROM tripmig.jobs") == "0");
    }
}

TEST_CASE("rows that point nowhere are named before the cut-over") {
    const std::vector<std::string> line{"rows of public.lines reference rows that do not exist in public.orders",
                                        "lines_order_id_fkey", "(order_id) = (4711)"};
    const std::vector<std::string> order{"rows of public.orders reference rows that do not exist in public.customers",
                                         "orders_customer_id_fkey", "(customer_id) = (4712)"};
    SUBCASE("attach, registry") {
        const KeysRoom room;
        room.write_unchecked(orphan_line);
        room.write_unchecked(orphan_order);  // the old table keeps its key: nothing is validated
        room.refused({"swap", "run", "orders", "--until", "ready"}, line);
        // The query that it tells finds the row.
        const std::string err = room.tripmig({"swap", "run", "orders"}).err;
        const std::size_t from = err.find("SELECT * FROM ONLY public.lines");
        REQUIRE_MESSAGE(from != std::string::npos, err);
        CHECK(room.scalar("SELECT string_agg(id::text, ' ') FROM (" + err.substr(from, err.find(';', from) - from) +
                          ") AS found") == "9001");
        room.database.exec("DELETE FROM lines WHERE id = 9001");
        CHECK(room.swap({"run", "orders"})["stage"] == "complete");
        CHECK(room.is_valid("lines_order_id_fkey", "lines") == "true");
    }
    SUBCASE("copy, both directions at once") {
        const KeysRoom room;
        room.write_unchecked(orphan_line);
        room.write_unchecked(orphan_order);
        room.refused({"swap", "run", "orders", "--strategy", "copy"}, line);
        room.refused({"swap", "run", "orders", "--strategy", "copy"}, order);
        room.database.exec("DELETE FROM lines WHERE id = 9001; DELETE FROM orders WHERE id = 9002");
        CHECK(room.swap({"run", "orders", "--strategy", "copy"})["stage"] == "complete");
    }
    SUBCASE("composite: the column cannot be filled") {
        const KeysRoom room("composite");
        if (!room.has_composite())
            return;
        room.write_unchecked(orphan_line);
        room.refused({"swap", "run", "orders"}, line);
    }
    SUBCASE("an empty table") {
        const KeysRoom room;
        room.database.exec("TRUNCATE lines, orders");
        room.write_unchecked(orphan_line);
        room.refused({"swap", "run", "orders"}, line);
    }
    SUBCASE("split, in a partition that is not split") {
        const KeysRoom room;
        CHECK(room.swap({"run", "orders"})["stage"] == "complete");
        CHECK(room.swap({"finish", "orders", "--yes"})["stage"] == "finished");
        room.write_unchecked("INSERT INTO orders VALUES (9002, now() + interval '40 days', 4712)");
        room.refused({"partition", "split", "orders_past"}, {"orders_customer_id_fkey", "(customer_id) = (4712)"});
        CHECK(room.scalar("SELECT count(*) FROM pg_inherits WHERE inhrelid = 'orders_past'::regclass") == "1");
    }
}

TEST_CASE("the check compares as the foreign key does") {
    const KeysRoom room("refuse");
    room.database.exec(R"(
        DROP TABLE lines;
        CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
        CREATE TABLE names (a text COLLATE "C", name text COLLATE loose, PRIMARY KEY (a, name));
        INSERT INTO names VALUES ('1', 'Anna');
        ALTER TABLE orders ADD a text, ADD name text COLLATE loose,
            ADD CONSTRAINT of_name FOREIGN KEY (a, name) REFERENCES names MATCH FULL;
        UPDATE orders SET a = '1', name = 'ANNA' WHERE id < 100)");
    CHECK(room.swap({"run", "orders", "--strategy", "copy", "--until", "ready"})["stage"] == "ready");
    CHECK(room.swap({"abort", "orders"})["stage"] == "aborted");
    room.write_unchecked("UPDATE orders SET a = '2' WHERE id = 300");  // MATCH FULL: all columns or none
    room.refused({"swap", "run", "orders", "--strategy", "copy"}, {"of_name", "(a, name) = (2,)"});
}

TEST_CASE("rows that point nowhere since the check: the key stays NOT VALID, and the job ends all the same") {
    SUBCASE("attach, registry: run, and run again") {
        const KeysRoom room;
        (void)room.swap({"run", "orders", "--until", "ready"});
        room.write_unchecked(orphan_line);
        room.warned({"swap", "run", "orders"},
                    {"foreign key lines_order_id_fkey of public.lines stays NOT VALID", "(order_id) = (4711)",
                     "ALTER TABLE public.lines VALIDATE CONSTRAINT lines_order_id_fkey"});
        CHECK(room.is_valid("lines_order_id_fkey", "lines") == "false");
        CHECK(room.database.sqlstate_of("INSERT INTO lines VALUES (9003, 4713, now())") == "23503");
        CHECK(room.swap({"run", "orders"})["stage"] == "complete");
        SUBCASE("revert") {
            room.warned({"swap", "revert", "orders"}, {"lines_order_id_fkey of public.lines stays NOT VALID"});
            CHECK(room.scalar("SELECT relkind FROM pg_class WHERE oid = 'orders'::regclass") == "r");
            CHECK(room.is_valid("lines_order_id_fkey", "lines") == "false");
        }
        SUBCASE("finish") {
            room.warned({"swap", "finish", "orders", "--yes"}, {"lines_order_id_fkey of public.lines stays NOT VALID"});
        }
        SUBCASE("the rows are corrected") {
            room.database.exec("DELETE FROM lines WHERE id = 9001");
            CHECK(room.swap({"run", "orders"})["stage"] == "complete");
            CHECK(room.is_valid("lines_order_id_fkey", "lines") == "true");
        }
    }
    SUBCASE("copy: the table's own key waits for its partitions'") {
        const KeysRoom room;
        (void)room.swap({"run", "orders", "--strategy", "copy", "--until", "ready"});
        room.write_unchecked(orphan_order);
        room.warned({"swap", "run", "orders", "--strategy", "copy"},
                    {"foreign key orders_customer_id_fkey of public.orders_2026_01 stays NOT VALID",
                     "(customer_id) = (4712)", "tripmig swap run public.orders"});
        CHECK(room.is_valid("orders_customer_id_fkey", "orders") == "none");
        CHECK(room.database.sqlstate_of("INSERT INTO orders VALUES (9003, '2026-01-06', 4713)") == "23503");
        SUBCASE("the rows are corrected, in a table that has got another partition") {
            const std::string later = room.scalar("SELECT to_char(now() + interval '100 days', 'YYYY-MM-DD')");
            const CommandResult maintain = room.tripmig({"partition", "maintain", "--now", later + "T00:00:00Z"});
            CHECK_MESSAGE(maintain.exit_code == 0, maintain.err);
            room.database.exec("INSERT INTO orders VALUES (9005, '" + later + "', 1)");
            room.database.exec("DELETE FROM orders WHERE id = 9002");
            CHECK(room.swap({"run", "orders", "--strategy", "copy"})["stage"] == "complete");
            CHECK(room.is_valid("orders_customer_id_fkey", "orders") == "true");
            CHECK(room.database.sqlstate_of("INSERT INTO orders VALUES (9004, '" + later + "', 4713)") == "23503");
        }
        SUBCASE("revert brings the key back") {
            room.warned({"swap", "revert", "orders"}, {"orders_customer_id_fkey of public.orders stays NOT VALID"});
            CHECK(room.is_valid("orders_customer_id_fkey", "orders") == "false");
        }
        SUBCASE("finish says what is left to do") {
            room.warned({"swap", "finish", "orders", "--yes"},
                        {"ALTER TABLE public.orders ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY"});
        }
    }
    SUBCASE("split: the job waits for the rows") {
        const KeysRoom room;
        CHECK(room.swap({"run", "orders"})["stage"] == "complete");
        CHECK(room.swap({"finish", "orders", "--yes"})["stage"] == "finished");
        CHECK(room.tripmig({"partition", "split", "orders_past", "--until", "ready"}).exit_code == 0);
        room.write_unchecked(orphan_order);
        for (int run = 0; run < 2; ++run)
            room.refused({"partition", "split", "orders_past"},
                         {"orders_customer_id_fkey of public.orders_2026_01 stays NOT VALID",
                          "the split of public.orders_past is done"});
        room.database.exec("DELETE FROM orders WHERE id = 9002");
        CHECK(room.tripmig({"partition", "split", "orders_past"}).exit_code == 0);
        CHECK(room.is_valid("orders_customer_id_fkey", "orders") == "true");
    }
}
