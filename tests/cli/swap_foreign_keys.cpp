// Foreign keys to partitioned tables, and foreign keys whose rows point nowhere.
#include <doctest/doctest.h>

#include "swap_room.hpp"

using namespace tripmig::test;

namespace {

/// Orders of customers, with lines that point to them.
class KeysRoom : public SwapRoom {
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
    /// As a restore or a replication worker writes: no foreign key is checked.
    void write_unchecked(const std::string& sql) const {
        Connection(database.superuser_url()).exec("SET session_replication_role = replica; " + sql);
    }
    [[nodiscard]] std::string is_valid(const std::string& key, const std::string& table) const {
        return scalar("SELECT COALESCE(bool_and(convalidated)::text, 'none') FROM pg_constraint WHERE conname = '" + key +
                      "' AND conrelid = '" + table + "'::regclass");
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
        room.refused({"swap", "revert", "orders"}, {"public.lines was partitioned since", "swap revert public.lines"});
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
