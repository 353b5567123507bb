#include <doctest/doctest.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "cli/swap/writers.hpp"

using namespace tripmig::test;

namespace {

const std::string merge_name = "orders_old";

/// Its months, oldest first, that are neighbours; without DEFAULT and what is ahead.
std::vector<std::string> months(const SwapFixture& room) {
    std::vector<std::string> names;
    for (const Row& row :
         room.database.rows("SELECT inhrelid::regclass::text FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid "
                            "WHERE inhparent = 'orders'::regclass AND inhrelid::regclass::text LIKE 'orders_20%' "
                            "ORDER BY inhrelid::regclass::text"))
        names.push_back(row[0].value());
    return names;
}

std::vector<std::string> merge_command(const std::vector<std::string>& sources) {
    std::vector<std::string> command{"partition", "merge"};
    command.insert(command.end(), sources.begin(), sources.end());
    command.insert(command.end(), {"--into", merge_name});
    return command;
}

/// A table by month, with a registry and a foreign key.
void partition_by_month(const SwapFixture& room) {
    (void)room.swap({"run", "orders", "--strategy", "copy"});
    (void)room.swap({"finish", "orders", "--yes"});
}

const char* const months_with_customers = R"(
    CREATE TABLE customers (id bigint PRIMARY KEY);
    INSERT INTO customers SELECT generate_series(0, 49);
    ALTER TABLE orders ADD customer_id bigint NOT NULL DEFAULT 1 CONSTRAINT orders_customer REFERENCES customers (id);
    UPDATE orders SET customer_id = id % 50;
)";

void check_merged(const SwapFixture& room, const std::vector<std::string>& sources) {
    for (const std::string& source : sources)
        CHECK(room.database.scalar("SELECT relispartition FROM pg_class WHERE oid = $1::regclass", {source}) == "f");
    CHECK(room.database.scalar("SELECT relispartition FROM pg_class WHERE relname = 'orders_old'") == "t");
    CHECK(room.database.scalar("SELECT count(DISTINCT (SELECT count(*) FROM pg_index WHERE indrelid = inhrelid)) FROM "
                               "pg_inherits WHERE inhparent = 'orders'::regclass") == "1");
    CHECK(room.database.scalar("SELECT count(DISTINCT (SELECT count(*) FROM pg_trigger WHERE tgrelid = inhrelid)) FROM "
                               "pg_inherits WHERE inhparent = 'orders'::regclass") == "1");
    CHECK(room.database.scalar("SELECT count(*) FROM pg_constraint WHERE NOT convalidated") == "0");
    CHECK(room.database.scalar("SELECT count(*) FROM pg_constraint WHERE conname LIKE 'tripmig%'") == "0");
    CHECK(room.database.scalar("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'tripmig_capture%'") == "0");
    CHECK(room.database.scalar("SELECT count(*) FROM pg_class WHERE relname LIKE '%tripmig%' OR relname ~ "
                               "'^(log|chunks|touched)_'") == "0");
    CHECK(room.differing_ids() == "0");
}

std::string merged_rows(const SwapFixture& room) {
    return room.database.scalar("SELECT md5(string_agg(o::text, '' ORDER BY id)) FROM orders o");
}

}  // namespace

TEST_CASE("months become one partition: the table as before, rows the same, foreign keys hold") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    room.database.exec(months_with_customers);
    partition_by_month(room);
    const std::vector<std::string> all = months(room);
    REQUIRE(all.size() >= 4);
    const std::vector<std::string> sources{all[2], all[0], all[1]};  // in any order
    const std::string without_leaves = room.dump({"orders_20*", merge_name});
    const std::string rows = merged_rows(room);
    const std::string bounds = room.database.scalar(
        "SELECT replace(pg_get_expr(a.relpartbound, a.oid), substring(pg_get_expr(a.relpartbound, a.oid) FROM 'TO "
        ".*'), "
        "substring(pg_get_expr(b.relpartbound, b.oid) FROM 'TO .*')) FROM pg_class a, pg_class b WHERE a.oid = "
        "$1::regclass AND b.oid = $2::regclass",
        {all[0], all[2]});
    const CommandResult merge = room.tripmig(merge_command(sources));
    REQUIRE_MESSAGE(merge.exit_code == 0, merge.err);
    CHECK(merge.out.find("public." + all[0] + ", public." + all[1] + ", public." + all[2] + " are detached and kept") !=
          std::string::npos);
    check_merged(room, sources);
    CHECK(room.dump({"orders_20*", merge_name}) == without_leaves);
    CHECK(merged_rows(room) == rows);
    CHECK(room.database.scalar("SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname = 'orders_old'") ==
          bounds);
    CHECK(room.database.sqlstate_of("DELETE FROM customers WHERE id = 7") == "23503");
    const CommandResult again = room.tripmig(merge_command(sources));
    CHECK(again.exit_code == 0);
    CHECK(again.err.find("has already been merged") != std::string::npos);
}

TEST_CASE("merge under writers, whose rows move between its sources: nothing lost, doubled, stale or reappeared") {
    const SwapFixture room;
    fill_for_writers(room);
    room.database.exec(months_with_customers);
    partition_by_month(room);
    const std::vector<std::string> all = months(room);
    // The writers move rows to any of the last months.
    const std::vector<std::string> sources(all.begin(), all.end() - 4);
    REQUIRE(sources.size() >= 2);
    const std::string rest = untouched(room);
    Writers writers(room, 3);
    const CommandResult merge = room.tripmig(merge_command(sources));
    CHECK_MESSAGE(merge.exit_code == 0, merge.err);
    writers.stop();
    INFO(writers.failures());
    CHECK(writers.commits() > 20);
    CHECK(writers.wrong_rows() == "0");
    CHECK(untouched(room) == rest);
    check_merged(room, sources);
}

TEST_CASE("a merge, killed as each step begins, then run again; aborted, it leaves nothing") {
    for (const std::string step : {"begin the copy", "load the copy", "index the copy", "ready for the cut-over",
                                   "cut over public.", "cut over: waited", "analyze"}) {
        CAPTURE(step);
        const SwapFixture room;
        room.database.exec(orders_and_lines);
        partition_by_month(room);
        const std::vector<std::string> all = months(room);
        const std::vector<std::string> sources{all[0], all[1], all[2]};
        const std::string before = room.dump();
        BackgroundCommand command(tripmig_command(merge_command(sources)), room.surroundings());
        command.wait_for_text(step);
        command.kill(SIGKILL);
        (void)command.wait();
        if (step == "ready for the cut-over" && room.swap({"status", all[0]})["stage"] == "ready") {
            CHECK(room.swap({"abort", all[0]})["stage"] == "aborted");
            CHECK(room.dump() == before);
        }
        const bool is_done = room.swap({"status", all[0]})["stage"] == "finished";
        // One of its partitions is enough to resume it; an aborted one begins again.
        const bool is_begun =
            room.swap({"status", all[0]})["stage"] != "aborted" && room.swap({"status", all[0]})["stage"] != "none";
        const std::vector<std::string> resume{"partition", "merge", all[1]};
        const CommandResult again = room.tripmig(is_begun && !is_done ? resume : merge_command(sources));
        CHECK_MESSAGE(again.exit_code == 0, again.err);
        check_merged(room, sources);
        CHECK(room.database.scalar("SELECT count(*) FROM orders") == "20000");
    }
}

TEST_CASE("--plan tells what a merge does, and refuses by name what can't be merged; nothing is changed") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    partition_by_month(room);
    const std::vector<std::string> all = months(room);
    const std::string before = room.dump();
    const auto plan = [&](const std::vector<std::string>& sources, const std::string& into) {
        std::vector<std::string> command{"--json", "partition", "merge"};
        command.insert(command.end(), sources.begin(), sources.end());
        command.insert(command.end(), {"--into", into, "--plan"});
        return room.tripmig(command);
    };
    const auto refused = [&](const std::vector<std::string>& sources, const std::string& into,
                             const std::string& message) {
        const CommandResult result = plan(sources, into);
        CHECK(result.exit_code == 12);
        const std::string text = result.out + result.err;
        CHECK_MESSAGE(text.find(message) != std::string::npos, text);
    };
    const CommandResult good = plan({all[1], all[0]}, merge_name);
    CHECK(good.exit_code == 0);
    const nlohmann::json document = nlohmann::json::parse(good.out);
    CHECK(document["kind"] == "merge");
    CHECK(document["sources"].size() == 2);
    CHECK(document["sources"][0]["table"] == "public." + all[0]);
    CHECK(document["targets"][0]["table"] == "public.orders_old");
    refused({all[0], all[2]}, merge_name, "it does not begin where public." + all[0] + " ends");
    refused({all[0]}, merge_name, "a merge needs at least two");
    refused({all[0], all[1]}, "lines", "a relation public.lines exists already");
    refused({all[0], "lines"}, merge_name, "public.lines is not a partition of a partitioned table");
    room.database.exec("CREATE VIEW old_ones AS SELECT id FROM " + all[1]);
    refused({all[0], all[1]}, merge_name, "view public.old_ones");
    const CommandResult run = room.tripmig(merge_command({all[0], all[1]}));
    CHECK(run.exit_code == 12);
    CHECK(run.err.find("view public.old_ones") != std::string::npos);
    room.database.exec("DROP VIEW old_ones");
    CHECK(room.dump() == before);
    CHECK(room.database.scalar("SELECT count(*) FROM tripmig.jobs WHERE kind = 'merge'") == "0");
}

TEST_CASE("a merge is paused, verified and guarded like a split; its partitions are in no other job") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    partition_by_month(room);
    const std::vector<std::string> all = months(room);
    std::vector<std::string> command = merge_command({all[0], all[1]});
    command.insert(command.end(), {"--until", "ready", "--workers", "2"});
    const CommandResult ready = room.tripmig(command);
    REQUIRE_MESSAGE(ready.exit_code == 0, ready.err);
    CHECK(room.swap({"verify", all[0]})["equal"] == true);
    CHECK(room.swap({"pause", all[0]})["paused"] == true);
    CHECK(room.swap({"resume", all[0]})["paused"] == false);
    // Another job on the second partition, and a row behind the log.
    CHECK(room.tripmig({"partition", "split", all[1], "--interval", "1 day"}).exit_code == 12);
    CHECK(room.tripmig({"partition", "merge", all[1], all[2], "--into", "other"}).exit_code == 12);
    const auto capture = [&](const std::string& state) {
        for (const Row& row : room.database.rows(
                 "SELECT tgname FROM pg_trigger WHERE tgrelid = $1::regclass AND tgname LIKE 'tripmig_capture%'",
                 {all[1]}))
            room.database.exec("ALTER TABLE " + all[1] + " " + state + " TRIGGER " + row[0].value());
    };
    capture("DISABLE");
    room.database.exec("UPDATE " + all[1] + " SET note = 'unseen' WHERE id = (SELECT min(id) FROM " + all[1] + ")");
    capture("ENABLE ALWAYS");
    CHECK(room.swap({"status", all[0]})["altered"].size() > 0);
    const CommandResult end = room.tripmig({"partition", "merge", all[0]});
    CHECK_MESSAGE(end.exit_code == 0, end.err);
    check_merged(room, {all[0], all[1]});
    CHECK(room.database.scalar("SELECT count(*) FROM orders WHERE note = 'unseen'") == "1");
}
