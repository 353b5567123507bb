// A leaf is split while the table has a DEFAULT partition, which ATTACH would scan under its lock.
#include <doctest/doctest.h>

#include <csignal>
#include <thread>

#include "cli/swap/fixture.hpp"

using namespace tripmig::test;

namespace {

/// A leaf of four months beside a DEFAULT with rows of other times.
const char* const beside_default = R"(
    CREATE TABLE orders (id bigint, at timestamp NOT NULL, note text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
    CREATE TABLE orders_past PARTITION OF orders FOR VALUES FROM ('2024-01-01') TO ('2024-05-01');
    CREATE TABLE orders_rest PARTITION OF orders DEFAULT;
    INSERT INTO orders SELECT g, '2024-01-01'::timestamp + g * interval '40 minutes', 'n' FROM generate_series(1, 4000) g;
    INSERT INTO orders SELECT g, '2030-01-01'::timestamp + g * interval '1 hour', 'far off' FROM generate_series(5001, 9000) g;
)";

std::string guards(const SwapFixture& room) {
    return room.database.scalar("SELECT count(*) FROM pg_constraint WHERE conname = 'tripmig_split_guard'");
}

/// How often DEFAULT was read from end to end: a session tells the last of it when it ends, and this one, which built
/// its index, when it is asked to.
int scans(const SwapFixture& room) {
    wait_until(room.database,
               "SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = current_database() AND "
               "backend_type = 'client backend' AND pid <> pg_backend_pid()");
    if (std::stoi(room.database.scalar("SHOW server_version_num")) < 150000)
        (void)room.database.scalar("SELECT pg_sleep(0.6)");  // its statistics are up to half a second old
    else
        room.database.exec("SELECT pg_stat_force_next_flush()");
    return std::stoi(room.database.scalar("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'orders_rest'"));
}

}  // namespace

TEST_CASE("a DEFAULT beside the leaf is read once, before the locks, and has no CHECK afterwards") {
    const SwapFixture room;
    room.database.exec(beside_default);
    const CommandResult ready = room.tripmig({"partition", "split", "orders_past", "--until", "ready"});
    REQUIRE_MESSAGE(ready.exit_code == 0, ready.err);
    const int before = scans(room);
    const CommandResult split = room.tripmig({"partition", "split", "orders_past"});
    CHECK_MESSAGE(split.exit_code == 0, split.err);
    CHECK(split.err.find("validate the guard of public.orders_rest") < split.err.find("cut over public.orders_past"));
    CHECK(room.database.scalar("SELECT count(*) FROM pg_inherits WHERE inhparent = 'orders'::regclass AND inhrelid IN "
                               "(SELECT oid FROM pg_class WHERE relkind = 'r')") == "5");
    CHECK_MESSAGE(scans(room) == before + 1, split.err);
    CHECK(guards(room) == "0");
    CHECK(room.database.sqlstate_of("INSERT INTO orders VALUES (1, '2023-01-01', 'rest')").empty());
}

TEST_CASE("a DEFAULT that is partitioned itself is guarded as a whole: ATTACH does not read its leaves") {
    const SwapFixture room;
    room.database.exec(R"(
        CREATE TABLE orders (id bigint, at timestamp NOT NULL, note text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
        CREATE TABLE orders_past PARTITION OF orders FOR VALUES FROM ('2024-01-01') TO ('2024-05-01');
        CREATE TABLE orders_more PARTITION OF orders DEFAULT PARTITION BY HASH (id);
        CREATE TABLE orders_rest PARTITION OF orders_more FOR VALUES WITH (MODULUS 2, REMAINDER 0);
        CREATE TABLE orders_other PARTITION OF orders_more FOR VALUES WITH (MODULUS 2, REMAINDER 1);
        INSERT INTO orders SELECT g, '2024-01-01'::timestamp + g * interval '40 minutes', 'n' FROM generate_series(1, 4000) g;
        INSERT INTO orders SELECT g, '2030-01-01'::timestamp + g * interval '1 hour', 'far' FROM generate_series(5001, 9000) g;)");
    const CommandResult ready = room.tripmig({"partition", "split", "orders_past", "--until", "ready"});
    REQUIRE_MESSAGE(ready.exit_code == 0, ready.err);
    const int before = scans(room);
    const CommandResult split = room.tripmig({"partition", "split", "orders_past"});
    REQUIRE_MESSAGE(split.exit_code == 0, split.err);
    CHECK(scans(room) < before + 4);  // without the guard each of the four months reads it under its lock
    CHECK(guards(room) == "0");
    CHECK(room.database.scalar("SELECT count(*) FROM orders") == "8000");
    CHECK(room.database.scalar("SELECT count(*) FROM pg_partition_tree('orders') WHERE isleaf") == "6");
}

TEST_CASE("every exit of a split drops DEFAULT's CHECK: refused, interrupted, killed and aborted or run again") {
    const SwapFixture room;
    room.database.exec(beside_default);
    room.folder.write("tripmig.toml", "[swap]\ncutover_deadline = \"500ms\"\nblocker_age = \"1h\"\n");
    const std::string dump = room.dump();
    CHECK(room.tripmig({"partition", "split", "orders_past", "--until", "ready"}).exit_code == 0);
    const std::string ready = room.dump();
    const Connection reader = room.database.connect();
    reader.exec("BEGIN; SELECT FROM orders_past LIMIT 1");
    const CommandResult late = room.tripmig({"partition", "split", "orders_past"});
    CHECK(late.exit_code == 11);
    CHECK(late.err.find("validate the guard") != std::string::npos);
    CHECK(guards(room) == "0");
    CHECK(room.dump() == ready);
    room.folder.write("tripmig.toml", "[swap]\ncutover_deadline = \"60s\"\nblocker_age = \"1h\"\n");
    const auto end_by = [&](int signal) {
        BackgroundCommand command(tripmig_command({"partition", "split", "orders_past"}), room.surroundings());
        command.wait_for_text("cut over public.orders_past");
        command.kill(signal);
        (void)command.wait();
    };
    end_by(SIGTERM);
    CHECK(guards(room) == "0");
    end_by(SIGKILL);
    CHECK(guards(room) == "1");
    SUBCASE("aborted") {
        reader.exec("COMMIT");
        CHECK(room.swap({"abort", "orders_past"})["stage"] == "aborted");
        CHECK(room.dump() == dump);
    }
    SUBCASE("run again, but not to its end") {
        CHECK(room.tripmig({"partition", "split", "orders_past", "--until", "ready"}).exit_code == 0);
        CHECK(room.dump() == ready);
        reader.exec("COMMIT");
    }
    SUBCASE("run again") {
        reader.exec("COMMIT");
        CHECK(room.tripmig({"partition", "split", "orders_past"}).exit_code == 0);
    }
    CHECK(guards(room) == "0");
}
