// Somebody switches a job's own triggers off for a moment, or for good: no row of it is lost, whatever the strategy.
#include <doctest/doctest.h>

#include "cli/swap/fixture.hpp"

using namespace tripmig::test;

namespace {

/// What nobody captures: a changed row, a deleted one, a new one, a new id.
const std::string writes =
    "UPDATE orders SET note = 'late' WHERE id = 1; DELETE FROM orders WHERE id = 3;"
    "INSERT INTO orders (id, at, note) VALUES (50001, now() - interval '1 hour', 'late');"
    "UPDATE orders SET id = 50002 WHERE id = 5;";

const std::string as_written = "1:late 50001:late 50002:order 5";

std::string rows_of(const SwapFixture& room, const std::string& table = "orders") {
    return room.database.scalar("SELECT string_agg(id || ':' || note, ' ' ORDER BY id) FROM " + table +
                                " WHERE id IN (1, 3, 5, 50001, 50002)");
}

struct Disturbance {
    std::string sql, told;
};

/// Each leaves the triggers in another state.
std::vector<Disturbance> disturbances() {
    const std::string always =
        "ALTER TABLE orders ENABLE ALWAYS TRIGGER tripmig_capture_1; ALTER TABLE orders ENABLE ALWAYS TRIGGER "
        "tripmig_capture_key_1; ALTER TABLE orders ENABLE ALWAYS TRIGGER tripmig_capture_delete_1; ALTER TABLE orders "
        "ENABLE ALWAYS TRIGGER tripmig_capture_truncate_1;";
    const std::string off = "BEGIN; ALTER TABLE orders DISABLE TRIGGER USER; " + writes;
    return {
        {off + always + "COMMIT", "trigger tripmig_capture_1 of public.orders was altered, or disabled for a time"},
        {off + "ALTER TABLE orders ENABLE TRIGGER USER; COMMIT", "is not enabled ALWAYS any more"},
        {off + "COMMIT", "trigger tripmig_capture_delete_1 of public.orders is disabled"},
        {"BEGIN; DROP FUNCTION tripmig.capture_old_1() CASCADE; " + writes + "COMMIT", "is missing"},
        {"BEGIN; CREATE OR REPLACE FUNCTION tripmig.capture_1() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN "
         "NULL; "
         "END'; ALTER TABLE orders DISABLE TRIGGER tripmig_capture_delete_1;" +
             writes + "COMMIT",
         "function tripmig.capture_1 has a different body"},
    };
}

}  // namespace

TEST_CASE("before the cut-over: everything is loaded again, and the triggers are told by name") {
    for (const std::string strategy : {"attach", "copy"})
        for (const Disturbance& disturbance : disturbances()) {
            CAPTURE(strategy);
            CAPTURE(disturbance.sql);
            const SwapFixture room;
            room.database.exec(orders_and_lines);
            (void)room.swap({"run", "orders", "--strategy", strategy, "--until", "ready"});
            room.database.exec("DELETE FROM lines");
            room.database.exec(disturbance.sql);
            const CommandResult status = room.tripmig({"swap", "status", "orders"});
            CHECK_MESSAGE(status.out.find(disturbance.told) != std::string::npos, status.out);
            const CommandResult result = room.tripmig({"swap", "cutover", "orders", "--strategy", strategy});
            CHECK_MESSAGE(result.exit_code == 0, result.err);
            CHECK_MESSAGE(result.err.find(disturbance.told) != std::string::npos, result.err);
            CHECK(rows_of(room) == as_written);
            CHECK(room.differing_ids() == "0");
            if (strategy == "copy") {  // and the way back follows from then on
                room.database.exec("UPDATE orders SET note = 'after' WHERE id = 1");
                (void)room.swap({"revert", "orders"});
                CHECK(rows_of(room) == "1:after 50001:late 50002:order 5");
            }
        }
}

TEST_CASE("while the cut-over waits for its locks: seen under them") {
    for (const std::string strategy : {"attach", "copy"}) {
        CAPTURE(strategy);
        const SwapFixture room;
        room.database.exec(orders_and_lines);
        room.database.exec("DELETE FROM lines");
        (void)room.swap({"run", "orders", "--strategy", strategy, "--until", "ready"});
        const Connection other = room.database.connect();
        other.exec("BEGIN; UPDATE orders SET note = note WHERE id = 9");
        BackgroundCommand run(tripmig_command({"swap", "cutover", "orders", "--strategy", strategy}),
                              room.surroundings());
        run.wait_for_text("pid " + other.scalar("SELECT pg_backend_pid()"));
        other.exec("ALTER TABLE orders DISABLE TRIGGER USER; " + writes + "ALTER TABLE orders ENABLE TRIGGER USER;");
        other.exec("COMMIT");
        const CommandResult result = run.wait();
        CHECK_MESSAGE(result.exit_code == 0, result.err);
        CHECK(rows_of(room) == as_written);
        CHECK(room.differing_ids() == "0");
    }
}

TEST_CASE("after copy's cut-over: revert copies all rows back") {
    for (const bool is_partition : {false, true}) {
        CAPTURE(is_partition);
        const SwapFixture room;
        room.database.exec(orders_and_lines);
        room.database.exec("DELETE FROM lines");
        (void)room.swap({"run", "orders", "--strategy", "copy"});
        const std::string table = is_partition
                                      ? room.database.scalar("SELECT tableoid::regclass FROM orders WHERE id = 1")
                                      : std::string("orders");
        room.database.exec("BEGIN; ALTER TABLE " + table +
                           " DISABLE TRIGGER tripmig_capture_1; UPDATE orders SET note = "
                           "'late' WHERE id = 1; ALTER TABLE " +
                           table + " ENABLE ALWAYS TRIGGER tripmig_capture_1; COMMIT");
        const CommandResult status = room.tripmig({"swap", "status", "orders"});
        CHECK_MESSAGE(status.out.find("altered since: trigger tripmig_capture_1 of public.orders") != std::string::npos,
                      status.out);
        const CommandResult result = room.tripmig({"swap", "revert", "orders"});
        CHECK_MESSAGE(result.exit_code == 0, result.err);
        CHECK(result.err.find("copied back again") != std::string::npos);
        CHECK(rows_of(room) == "1:late 3:order 3 5:order 5");
    }
}

TEST_CASE("after copy's cut-over: rows of partitions that came, went or were truncated by hand") {
    struct ByHand {
        std::vector<std::string> sql;
        std::string told;
        int verify_exit;
    };
    const std::string create_more =
        "CREATE TABLE more PARTITION OF orders FOR VALUES FROM ('2001-01-01') TO ('2001-02-01')";
    const std::vector<ByHand> hands{
        {{"CREATE TABLE more (LIKE orders INCLUDING ALL)",
          "INSERT INTO more SELECT i, '2001-01-15', 'old' FROM generate_series(90001, 90010) AS i",
          "ALTER TABLE orders ATTACH PARTITION more FOR VALUES FROM ('2001-01-01') TO ('2001-02-01')"},
         "partition public.more was added later",
         10},
        {{"DROP TABLE %leaf%"}, "partition public.%leaf% is gone", 10},
        {{create_more, "INSERT INTO orders VALUES (90001, '2001-01-15', 'old')", "TRUNCATE more",
          "DELETE FROM orders_ids WHERE id = 90001"},
         "partition public.more was added later",
         0},
        {{create_more}, "", 0}};
    for (const ByHand& hand : hands) {
        CAPTURE(hand.told);
        const SwapFixture room;
        room.database.exec(orders_and_lines);
        room.database.exec("DELETE FROM lines");
        (void)room.swap({"run", "orders", "--strategy", "copy"});
        const auto with_leaf =
            [leaf = room.database.scalar("SELECT tableoid::regclass FROM orders WHERE id = 1")](std::string text) {
                const std::size_t at = text.find("%leaf%");
                return at == std::string::npos ? text : text.replace(at, 6, leaf);
            };
        for (const std::string& sql : hand.sql)
            room.database.exec(with_leaf(sql));
        const std::string all = "SELECT md5(string_agg(o::text, ' ' ORDER BY o::text)) FROM orders AS o";
        const std::string rows = room.database.scalar(all);
        const CommandResult verify = room.tripmig({"swap", "verify", "orders"});
        CHECK_MESSAGE(verify.exit_code == hand.verify_exit, verify.out);
        CHECK((hand.verify_exit == 0 || verify.out.find("keys") != std::string::npos));
        const CommandResult result = room.tripmig({"swap", "revert", "orders"});
        CHECK_MESSAGE(result.exit_code == 0, result.err);
        CHECK_MESSAGE(result.err.find(with_leaf(hand.told)) != std::string::npos, result.err);
        CHECK((result.err.find("copied back again") != std::string::npos) == !hand.told.empty());
        CHECK(room.database.scalar(all) == rows);
    }
}

TEST_CASE("after copy's cut-over: a partition that was detached by hand keeps no end from coming") {
    for (const std::string end : {"finish", "revert"}) {
        CAPTURE(end);
        const SwapFixture room;
        room.database.exec(orders_and_lines);
        room.database.exec("DELETE FROM lines");
        (void)room.swap({"run", "orders", "--strategy", "copy"});
        const std::string leaf = room.database.scalar("SELECT tableoid::regclass FROM orders WHERE id = 1");
        room.database.exec("ALTER TABLE orders DETACH PARTITION " + leaf);
        const std::string all = "SELECT md5(string_agg(o::text, ' ' ORDER BY o::text)) FROM orders AS o";
        const std::string rows = room.database.scalar(all);
        const CommandResult result = room.tripmig({"swap", end, "orders", "--yes"});
        CHECK_MESSAGE(result.exit_code == 0, result.err);
        CHECK(room.database.scalar(all) == rows);
        CHECK(room.database.scalar("SELECT count(*) FROM pg_trigger WHERE tgrelid = '" + leaf +
                                   "'::regclass AND tgname LIKE 'tripmig%'") == "0");
        room.database.exec("TRUNCATE " + leaf);
    }
}

TEST_CASE("after copy's cut-over: revert waits for whoever locks a partition, and tells who") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    (void)room.swap({"run", "orders", "--strategy", "copy"});
    const std::string leaf = room.database.scalar("SELECT tableoid::regclass FROM orders WHERE id = 1");
    room.database.exec("UPDATE orders SET note = 'late' WHERE id = 1");
    const Connection other = room.database.connect();
    other.exec("BEGIN; LOCK TABLE " + leaf + " IN ACCESS EXCLUSIVE MODE");
    BackgroundCommand revert = room.start({"swap", "revert", "orders"});
    revert.wait_for_text("pid " + other.scalar("SELECT pg_backend_pid()"));
    other.exec("COMMIT");
    const CommandResult result = revert.wait();
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(room.database.scalar("SELECT note FROM orders WHERE id = 1") == "late");
}

TEST_CASE("split: a leaf that was detached by hand is named, and the split goes on when it is back") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    (void)room.swap({"run", "orders", "--strategy", "attach"});
    (void)room.swap({"finish", "orders", "--yes"});
    const std::vector<std::string> split{"partition", "split", "orders_past", "--interval", "1 month"};
    std::vector<std::string> until_ready = split;
    until_ready.insert(until_ready.end(), {"--until", "ready"});
    (void)room.tripmig(until_ready);
    const std::string bound =
        room.database.scalar("SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE oid = 'orders_past'::regclass");
    room.database.exec("ALTER TABLE orders DETACH PARTITION orders_past");
    const CommandResult refused = room.tripmig(split);
    CHECK(refused.exit_code == 12);
    CHECK_MESSAGE(refused.err.find("ATTACH PARTITION public.orders_past " + bound) != std::string::npos, refused.err);
    room.database.exec("ALTER TABLE orders ATTACH PARTITION orders_past " + bound);
    const CommandResult result = room.tripmig(split);
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(room.database.scalar("SELECT count(*) FROM orders") == "20000");
}

TEST_CASE("after copy's cut-over: what verify found is mended before the way back, or bars it") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    room.database.exec("DELETE FROM lines");
    (void)room.swap({"run", "orders", "--strategy", "copy"});
    room.database.exec("DELETE FROM orders_before WHERE id = 3");
    CHECK(room.tripmig({"swap", "verify", "orders"}).exit_code == 10);
    room.database.exec(
        "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE "
        "TRIGGER lose BEFORE INSERT ON orders_before FOR EACH ROW WHEN (NEW.id = 3) EXECUTE FUNCTION "
        "lose()");
    const CommandResult barred = room.tripmig({"swap", "revert", "orders"});
    CHECK_MESSAGE(barred.exit_code == 10, barred.err);
    CHECK(room.database.scalar("SELECT relkind FROM pg_class WHERE oid = 'orders'::regclass") == "p");
    room.database.exec("DROP TRIGGER lose ON orders_before");
    const CommandResult result = room.tripmig({"swap", "revert", "orders"});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(result.err.find("`swap verify` found differences") != std::string::npos);
    CHECK(room.database.scalar("SELECT count(*) FROM orders WHERE id = 3") == "1");
}

TEST_CASE("split: the leaf's own triggers") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    room.database.exec("DELETE FROM lines");
    (void)room.swap({"run", "orders"});
    (void)room.swap({"finish", "orders", "--yes"});
    REQUIRE(room.tripmig({"partition", "split", "orders_past", "--until", "ready"}).exit_code == 0);
    room.database.exec(
        "BEGIN; ALTER TABLE orders_past DISABLE TRIGGER tripmig_capture_2; ALTER TABLE orders_past DISABLE "
        "TRIGGER tripmig_capture_delete_2; UPDATE orders SET note = 'late' WHERE id = 1; DELETE FROM orders "
        "WHERE id = 3; ALTER TABLE orders_past ENABLE ALWAYS TRIGGER tripmig_capture_2; ALTER TABLE "
        "orders_past ENABLE ALWAYS TRIGGER tripmig_capture_delete_2; COMMIT");
    const CommandResult result = room.tripmig({"partition", "split", "orders_past"});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(result.err.find("trigger tripmig_capture_2 of public.orders_past was altered") != std::string::npos);
    CHECK(rows_of(room) == "1:late 5:order 5");
}

TEST_CASE("a registry whose triggers are off is told long after the swap, and verify names the ids") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    (void)room.swap({"run", "orders"});
    (void)room.swap({"finish", "orders", "--yes"});
    CHECK(room.swap({"verify", "orders"})["equal"] == true);
    room.database.exec("ALTER TABLE orders DISABLE TRIGGER \"00_orders_ids_keep\"");
    room.database.exec("INSERT INTO orders (id, at) VALUES (70001, now() - interval '1 hour')");
    const std::string told = "trigger \"00_orders_ids_keep\" of public.orders is disabled";
    for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
             {"swap", "status", "orders"}, {"partition", "status"}, {"partition", "maintain"}}) {
        const CommandResult result = room.tripmig(command);
        CHECK(result.exit_code == 0);
        const std::string said = result.out + result.err;
        CHECK_MESSAGE(said.find(told) != std::string::npos, said);
    }
    const CommandResult differs = room.tripmig({"swap", "verify", "orders"});
    CHECK(differs.exit_code == 10);
    CHECK_MESSAGE(differs.out.find("70001") != std::string::npos, differs.out);
    room.database.exec("ALTER TABLE orders ENABLE ALWAYS TRIGGER \"00_orders_ids_keep\"");
    room.database.exec("INSERT INTO orders_ids SELECT id, at FROM orders WHERE id = 70001");
    CHECK(room.swap({"verify", "orders"})["equal"] == true);
    CHECK(room.tripmig({"swap", "status", "orders"}).out.find("registry") == std::string::npos);
}

TEST_CASE("a difference bars the cut-over until a comparison finds none") {
    for (const std::string strategy : {"attach", "copy"}) {
        CAPTURE(strategy);
        const SwapFixture room;
        room.database.exec(orders_and_lines);
        (void)room.swap({"run", "orders", "--strategy", strategy, "--until", "ready"});
        const std::vector<std::string> cut_over{"swap", "cutover", "orders", "--strategy", strategy};
        room.database.exec("INSERT INTO orders_ids VALUES (60001, now())");
        const CommandResult differs = room.tripmig({"swap", "verify", "orders"});
        CHECK(differs.exit_code == 10);
        CHECK_MESSAGE(differs.out.find("60001") != std::string::npos, differs.out);
        CHECK(room.swap({"status", "orders"})["must_compare"] == true);
        CHECK(room.tripmig(cut_over).exit_code == 10);
        CHECK(room.swap({"status", "orders"})["stage"] == "ready");
        room.database.exec("DELETE FROM orders_ids WHERE id = 60001");
        const CommandResult done = room.tripmig(cut_over);
        CHECK_MESSAGE(done.exit_code == 0, done.err);
    }
}

TEST_CASE("the job of a version that recorded nothing is compared before its cut-over") {
    for (const std::string strategy : {"attach", "copy"}) {
        CAPTURE(strategy);
        const SwapFixture room;
        room.database.exec(orders_and_lines);
        room.database.exec("DELETE FROM lines");
        (void)room.swap({"run", "orders", "--strategy", strategy, "--until", "ready"});
        const std::vector<std::string> cut_over{"swap", "cutover", "orders", "--strategy", strategy};
        const std::string forget = "UPDATE tripmig.jobs SET state = state - 'own_capture' - 'own_registry'";
        room.database.exec(
            "BEGIN; ALTER TABLE orders DISABLE TRIGGER USER; DELETE FROM orders WHERE id = 3; ALTER TABLE "
            "orders ENABLE TRIGGER USER; " +
            forget + "; COMMIT");
        CHECK(room.tripmig(cut_over).exit_code == 10);
        room.database.exec(
            "INSERT INTO orders SELECT 3, at + interval '20 minutes', 'order 3', 3 FROM orders WHERE id = 5");
        room.database.exec(forget);
        const CommandResult done = room.tripmig(cut_over);
        CHECK_MESSAGE(done.exit_code == 0, done.err);
        CHECK(rows_of(room) == "1:order 1 3:order 3 5:order 5");
        CHECK(room.differing_ids() == "0");
    }
}
