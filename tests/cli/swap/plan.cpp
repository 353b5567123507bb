// What `swap plan` tells of the server around the table: nothing of it lasts.
#include <doctest/doctest.h>

#include <algorithm>

#include "cli/swap/fixture.hpp"

using namespace tripmig::test;

namespace {

std::string findings_of(const SwapFixture& room, const std::string& strategy, const Surroundings& around) {
    const CommandResult result =
        run_tripmig({"--json", "swap", "plan", "orders", "--strategy", strategy}, around, std::chrono::seconds(60));
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    std::string text;
    const nlohmann::json document = nlohmann::json::parse(result.out);
    for (const auto& finding : document["findings"])
        text += finding["level"].get<std::string>() + " " + finding["subject"].get<std::string>() + ": " +
                finding["message"].get<std::string>() + "\n";
    // Every statement has its locks, and the cut-over says which it takes first.
    const auto& units = document["units"];
    CHECK(std::any_of(units.begin(), units.end(), [](const auto& unit) {
        return unit["name"] == "cut over public.orders" && unit["lock_first"].size() >= 2;
    }));
    CHECK(room.database.scalar("SELECT count(*) FROM pg_class WHERE relname ~ 'tripmig'") == "0");
    return text;
}

void has(const std::string& text, const std::string& words) {
    CAPTURE(words);
    CHECK_MESSAGE(text.find(words) != std::string::npos, text);
}

}  // namespace

TEST_CASE("time and disk from a sample, locks, old transactions") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    const Connection reader = room.database.connect();
    reader.exec("BEGIN; SELECT count(*) FROM orders");
    room.folder.write("tripmig.toml", "[swap]\nblocker_age = \"1ms\"\n");
    for (const std::string strategy : {"copy", "attach"}) {
        const std::string text = findings_of(room, strategy, room.surroundings());
        has(text, "note time: about ");
        has(text, "note disk: about ");
        has(text, " of 148 blocks");
        has(text, "max_locks_per_transaction: ");
        has(text, "note old transactions: the cut-over is not tried while these are open: pid ");
        has(text, "note statements: pg_stat_statements cannot be read");
    }
    reader.exec("ROLLBACK");
    CHECK(findings_of(room, "copy", room.surroundings()).find("old transactions") == std::string::npos);
}

TEST_CASE("estimates are fields of their own, and null where nothing is known") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    const nlohmann::json plan = room.swap({"plan", "orders", "--strategy", "copy"});
    const nlohmann::json& copy = plan["estimate"];
    CHECK(copy["rows"] == 20000);  // all of its blocks are in the sample
    CHECK(copy["blocks"] == 148);
    CHECK(copy["sampled_blocks"] == 148);
    CHECK(copy["bytes"].dump() == room.database.scalar("SELECT pg_total_relation_size('orders')"));
    CHECK(copy["load_seconds"].get<double>() > 0);
    CHECK(copy["index_seconds"].get<double>() > 0);
    CHECK(copy["disk_bytes"].get<std::int64_t>() > 148 * 8192);
    CHECK(copy["database_bytes"].get<std::int64_t>() > copy["disk_bytes"].get<std::int64_t>());
    const nlohmann::json attach = room.swap({"plan", "orders"});
    CHECK(attach["estimate"]["load_seconds"].is_null());
    CHECK(attach["estimate"]["disk_bytes"] < copy["disk_bytes"]);
    room.database.exec("ALTER TABLE orders ADD UNIQUE (note)");  // refused: no sample is taken
    const CommandResult refused = room.tripmig({"--json", "swap", "plan", "orders"});
    CHECK(refused.exit_code == 12);
    const nlohmann::json nothing = nlohmann::json::parse(refused.out);
    CHECK(nothing["estimate"]["index_seconds"].is_null());
    CHECK(nothing["estimate"]["blocks"] == 148);
}

TEST_CASE("a role with and one without pg_read_all_stats") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    const std::string role = room.database.scalar("SELECT current_user");
    const Connection superuser(room.database.superuser_url());
    if (superuser.scalar("SELECT pg_has_role('" + role + "', 'pg_read_all_stats', 'USAGE')") == "t")
        superuser.exec("REVOKE pg_read_all_stats FROM " + role);
    has(findings_of(room, "copy", room.surroundings()), "note role: without pg_read_all_stats");
    superuser.exec("GRANT pg_read_all_stats TO " + role);
    const std::string text = findings_of(room, "copy", room.surroundings());
    superuser.exec("REVOKE pg_read_all_stats FROM " + role);
    CHECK(text.find("without pg_read_all_stats") == std::string::npos);
}

TEST_CASE("without a right to temporary tables nothing is estimated, and the plan is there all the same") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    const Connection superuser(room.database.superuser_url());
    const std::string role = room.database.scalar("SELECT current_user");
    superuser.exec("REVOKE TEMPORARY ON DATABASE \"" + room.database.name() +
                   "\" FROM PUBLIC; REVOKE TEMPORARY ON DATABASE \"" + room.database.name() + "\" FROM " + role);
    has(findings_of(room, "copy", room.surroundings()), "note time and disk: not estimated: no sample could be taken");
}

TEST_CASE("statements of pg_stat_statements that the swap will hit are named") {
    const SwapFixture room;  // its policies; the server is another one, with the extension loaded
    if (room.database.scalar("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_stat_statements'") == "0") {
        MESSAGE("skipped: this server comes without pg_stat_statements");
        return;
    }
    const char* const script = R"(set -eu
        psql -Xq -v ON_ERROR_STOP=1 "$TRIPMIG_SANDBOX_SUPERUSER_URL" -c 'CREATE EXTENSION pg_stat_statements'
        psql -Xq -v ON_ERROR_STOP=1 <<'SQL'
            CREATE TABLE orders (id bigint PRIMARY KEY, at timestamp NOT NULL DEFAULT now(), note text);
            INSERT INTO orders (id, note) SELECT g, 'n' FROM generate_series(1, 1000) g;
            INSERT INTO orders (id, note) VALUES (1, 'upsert') ON CONFLICT (id) DO UPDATE SET note = excluded.note;
            SELECT note FROM orders WHERE id = 7;
            SELECT pg_total_relation_size('orders');
            DELETE FROM orders WHERE ctid IN (SELECT ctid FROM orders WHERE note = 'none');
            CREATE FUNCTION upsert() RETURNS bool LANGUAGE sql AS
                $$ INSERT INTO orders (id) VALUES (1) ON CONFLICT (id) DO NOTHING RETURNING xmax = 0 $$;
            CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN new.note := TG_RELID; RETURN new; END $$;
            CREATE TRIGGER stamp BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION stamp();
            SELECT count(*) FROM orders WHERE at > now() AND id = 7;
SQL
        "$TRIPMIG_BINARY" swap plan orders)";
    Surroundings around = room.surroundings();
    around.environment.clear();
    const CommandResult result =
        run_command(tripmig_command({"sandbox", "run", "--setting", "shared_preload_libraries=pg_stat_statements", "--",
                                     "sh", "-c", script}),
                    around);
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    has(result.out, "statement: will fail: ON CONFLICT (id) finds no constraint (42P10) (1 call, ");
    has(result.out, "statement: will be slower: looks up by (id) alone: it reads every partition (1 call, ");
    has(result.out, "statement: will mean something else: ctid is unique in one partition only");
    has(result.out, "hint: compare the primary key, or (tableoid, ctid)");
    has(result.out, "statement: will mean something else: pg_total_relation_size of the partitioned table is 0 (if");
    has(result.out, "function: will fail: INSERT ... RETURNING xmax cannot retrieve a system column");
    has(result.out, "upsert() (calls unknown: track_functions is off)");
    has(result.out, "function: will mean something else: TG_RELID will be the partition's in the row trigger stamp");
    CHECK(result.out.find("at > now()") == std::string::npos);
}
