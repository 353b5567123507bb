// A deployment, the nightly cron and a swap at the same time: none keeps another waiting, all end well.
#include <doctest/doctest.h>

#include "cli/swap/writers.hpp"

using namespace tripmig::test;

TEST_CASE("up beside maintain beside swap, under writers") {
    const SwapFixture room;
    fill_for_writers(room);
    room.database.exec(R"(
        CREATE TABLE gate (is_open bool); INSERT INTO gate VALUES (false);
        CREATE TABLE events (id bigint, at timestamp NOT NULL) PARTITION BY RANGE (at);
        CREATE TABLE others (id bigint PRIMARY KEY, note text);
        INSERT INTO others SELECT g, 'old' FROM generate_series(1, 5000) g;)");
    room.folder.write("partitions/events.toml",
                      "table = \"public.events\"\nkey = \"at\"\ninterval = \"1 month\"\npremake = 2\n");
    room.folder.write("tripmig.toml",
                      "[migrations]\ndir = \"migrations\"\nrun_lock_wait = \"0s\"\n[swap]\ncutover_deadline = "
                      "\"60s\"\nchunk_target = \"5ms\"\n"
                      "probe = \"SELECT is_open FROM public.gate\"\n");
    room.folder.write("migrations/V1__more.sql", "CREATE TABLE more (id int); ALTER TABLE others ADD COLUMN more int;");
    const std::string rest = untouched(room);
    Writers writers(room, 7);
    BackgroundCommand swap(tripmig_command({"swap", "run", "orders", "--strategy", "copy"}), room.surroundings());
    swap.wait_for_text("the probe answers false");
    // The swap is in its work, and holds no lock that these would wait for.
    CommandResult result = room.tripmig({"up"});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    result = room.tripmig({"partition", "maintain", "--only", "events"});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(room.database.scalar("SELECT count(*) >= 3 FROM pg_inherits WHERE inhparent = 'events'::regclass") == "t");
    // Now all three at once.
    room.folder.write("migrations/V2__batches.sql",
                      "-- tripmig: batch by=id size=100\nUPDATE others SET note = 'new';\n");
    BackgroundCommand up(tripmig_command({"up"}), room.surroundings());
    up.wait_for_text("the probe answers false");
    room.database.exec(
        "DO $$ DECLARE leaf regclass; BEGIN FOR leaf IN SELECT inhrelid FROM pg_inherits WHERE inhparent = "
        "'events'::regclass LOOP "
        "EXECUTE format('DROP TABLE %s', leaf); END LOOP; END $$");
    BackgroundCommand maintain(tripmig_command({"partition", "maintain", "--only", "events"}), room.surroundings());
    room.database.exec("UPDATE gate SET is_open = true");
    for (BackgroundCommand* command : {&swap, &up, &maintain}) {
        result = command->wait(std::chrono::seconds(120));
        CHECK_MESSAGE(result.exit_code == 0, result.err);
    }
    writers.stop();
    INFO(writers.failures());
    CHECK(writers.commits() > 20);
    CHECK(writers.wrong_rows() == "0");
    CHECK(untouched(room) == rest);
    CHECK(room.database.scalar("SELECT relkind FROM pg_class WHERE oid = 'orders'::regclass") == "p");
    CHECK(room.database.scalar("SELECT count(*) FROM others WHERE note = 'new'") == "5000");
    CHECK(room.database.scalar("SELECT count(*) >= 3 FROM pg_inherits WHERE inhparent = 'events'::regclass") == "t");
    CHECK(room.database.scalar("SELECT count(*) FROM tripmig.migrations") == "2");
}
