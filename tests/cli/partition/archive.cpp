#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "place.hpp"

using namespace tripmig::test;
using nlohmann::json;

namespace {

const std::string archiving =
    "[retention]\nkeep = \"2 months\"\naction = \"archive\"\ngrace = \"7 days\"\n[archive]\ndir = \"../archive\"\n";
const std::vector<std::string> april_22{"maintain", "--now", "2024-04-22"};
const std::string january_file = "archive/orders/orders_2024_01.sql.zst";

/// Values that a careless archive would change.
const std::string make_rich_orders =
    "CREATE TABLE orders (id bigint, at timestamptz NOT NULL, note text, price numeric, ratio float8, tag char(5), "
    "flag "
    "boolean, raw bytea, doc jsonb, parts text[], span interval, twice bigint GENERATED ALWAYS AS (id * 2) STORED, "
    "\"Odd name\" text COLLATE \"C\", PRIMARY KEY (id, at), CONSTRAINT positive CHECK (id > 0)) PARTITION BY RANGE "
    "(at);"
    "CREATE INDEX orders_note ON orders (lower(note));";
const std::string rich_rows =
    "INSERT INTO orders (id, at, note, price, ratio, tag, flag, raw, doc, parts, span, \"Odd name\") VALUES "
    "(1, '2024-01-20', E'tab\\t newline\\n return\\r back\\\\slash ''quote'' \\\\N \\\\.', 1.50, 0.1, 'ab', true, "
    "'\\x00ff5c', '{\"a\": [1, null]}', ARRAY['x,y', NULL, '\"'], '-1 mon +2 days 03:00', ''),"
    "(2, '2024-01-21', NULL, 'NaN', '-Infinity', NULL, false, NULL, NULL, '{}', NULL, NULL),"
    "(3, '2024-01-22', '', 123456789012345678901234567890.123, 3e-300, '', NULL, '', 'null', NULL, '1 year', "
    "E'\\u00e4\\b\\f\\v'),"
    "(4, '2024-01-22', E'\\\\.', 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, 'E''x''');"
    "INSERT INTO orders (id, at) VALUES (5, '2024-04-10')";

void detach_january(const Place& place, const std::string& more = "", const std::string& rows = rich_rows) {
    place.database.exec(make_rich_orders);
    place.policy("orders", "orders");
    CHECK(place.run(january).exit_code == 0);
    CHECK(place.run({"maintain", "--now", "2024-04-15"}).exit_code == 0);
    place.database.exec(rows);
    place.policy("orders", "orders", archiving + more);
    const CommandResult result = place.run({"maintain", "--now", "2024-04-15"});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK_FALSE(has(place.leaves(), "orders_2024_01"));
}

bool has_table(const TestDatabase& database, const std::string& name) {
    return database.scalar("SELECT to_regclass($1) IS NOT NULL", {name}) == "t";
}

std::string content(const TestDatabase& database, const std::string& table = "orders_2024_01") {
    return database.scalar("SELECT string_agg(t::text, '|' ORDER BY id) FROM " + table + " AS t");
}

bool has_file(const Place& place, const std::string& name) {
    return std::filesystem::exists(place.folder.path() / name);
}

CommandResult shell(const Place& place, const std::string& command, const std::string& url) {
    return run_command({"/bin/sh", "-c", command}, {{{"DATABASE_URL", url}}, place.folder.path(), {}});
}

CommandResult restore(const Place& place, const std::string& file, const TestDatabase& database) {
    return run_tripmig({"partition", "restore", file}, {{{"DATABASE_URL", database.url()}}, place.folder.path(), {}});
}

}  // namespace

TEST_CASE("archive: written, verified, dropped; psql restores the plain file, and restore does, here and elsewhere") {
    const Place place;
    detach_january(place);
    const std::string before = content(place.database);
    const CommandResult result = place.run(april_22);
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK_FALSE(has_table(place.database, "orders_2024_01"));
    CHECK(has_file(place, january_file));
    CHECK_FALSE(has_file(place, january_file + ".part"));
    const TestDatabase other;
    const CommandResult psql = shell(place, "zstdcat " + january_file + " | psql -qX \"$DATABASE_URL\"", other.url());
    CHECK_MESSAGE(psql.exit_code == 0, psql.err);
    CHECK(psql.err.empty());
    CHECK(content(other) == before);
    const TestDatabase third;
    const CommandResult restored = restore(place, january_file, third);
    CHECK_MESSAGE(restored.exit_code == 0, restored.err);
    CHECK(content(third) == before);
    const std::string form =
        "SELECT string_agg(pg_get_constraintdef(oid), ' ' ORDER BY conname) || (SELECT string_agg(indexdef, ' ' ORDER "
        "BY "
        "indexname) FROM pg_indexes WHERE tablename = 'orders_2024_01') FROM pg_constraint WHERE conrelid = "
        "'orders_2024_01'::regclass";
    CHECK(third.scalar(form) == other.scalar(form));
    CHECK(has(third.scalar(form), "PRIMARY KEY (id, at)"));
    CHECK(has(third.scalar(form), "lower(note)"));
    CHECK(restore(place, january_file, third).exit_code == 12);  // it is there already
    const CommandResult attached = place.run({"restore", january_file, "--attach", "--json"});
    CHECK_MESSAGE(attached.exit_code == 0, attached.err);
    CHECK(json::parse(attached.out)["rows"] == 4);
    CHECK(has(place.leaves(), "orders_2024_01"));
    CHECK(content(place.database) == before);
}

TEST_CASE("a damaged, truncated or foreign file is refused by name, and nothing is restored") {
    const Place place;
    detach_january(place);
    CHECK(place.run(april_22).exit_code == 0);
    const std::string whole = place.folder.read(january_file);
    const std::string change = "zstdcat " + january_file + " | sed ";
    place.folder.write("plain.zst", "CREATE TABLE orders_2024_01 (id int);\n");
    place.folder.write("empty.zst", "");
    place.folder.write("cut.zst", whole.substr(0, whole.size() / 2));
    place.folder.write("short.zst", whole.substr(0, whole.size() - 1));
    std::string flipped = whole;
    flipped[whole.size() / 2] = static_cast<char>(flipped[whole.size() / 2] ^ 4);
    place.folder.write("flipped.zst", flipped);
    place.folder.write("twice.zst", whole + whole);
    CHECK(shell(place, "echo 'SELECT 1;' | zstd -q -o foreign.zst", place.database.url()).exit_code == 0);
    for (const std::string edit :
         {"'s/123456789/123456780/' | zstd -q -o row.zst", "'/^2\\t/d' | zstd -q -o gone.zst",
          "'$d' | zstd -q -o end.zst", "'s/^COMMIT/DROP TABLE orders; COMMIT/' | zstd -q -o sql.zst",
          "'s/archive 1/archive 7/' | zstd -q -o newer.zst"})
        CHECK(shell(place, change + edit, place.database.url()).exit_code == 0);
    for (const std::string file : {"plain.zst", "empty.zst", "cut.zst", "short.zst", "flipped.zst", "twice.zst",
                                   "foreign.zst", "row.zst", "gone.zst", "end.zst", "sql.zst", "newer.zst"}) {
        const CommandResult result = place.run({"restore", file});
        CHECK_MESSAGE(result.exit_code == 12, file << ": " << result.err);
        CHECK_MESSAGE(has(result.err, file), result.err);
    }
    CHECK(place.run({"restore", "missing.zst"}).exit_code == 2);
    CHECK_FALSE(has_table(place.database, "orders_2024_01"));
    CHECK(has_table(place.database, "orders"));
}

TEST_CASE("what is written to after the snapshot is not dropped; the next run writes another file") {
    const Place place;
    place.folder.write("command",
                       "#!/bin/sh\nif [ -e once ]; then exit 0; fi\ntouch once\n"
                       "psql -qX \"$DATABASE_URL\" -c \"INSERT INTO orders_2024_01 (id, at) VALUES (77, "
                       "'2024-01-07')\"\n");
    detach_january(place, "command = \"sh ./command {file}\"\n");
    CommandResult result = place.run(april_22);
    CAPTURE(result.err);
    CHECK(result.exit_code == 12);
    CHECK(has(result.err, "was written to since"));
    CHECK(has_table(place.database, "orders_2024_01"));
    result = place.run(april_22);
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK_FALSE(has_table(place.database, "orders_2024_01"));
    CHECK(has_file(place, january_file));
    CHECK(has_file(place, "archive/orders/orders_2024_01.2.sql.zst"));
    const TestDatabase other;
    CHECK(restore(place, "archive/orders/orders_2024_01.2.sql.zst", other).exit_code == 0);
    CHECK(other.scalar("SELECT count(*) FROM orders_2024_01") == "5");
}

TEST_CASE("the command must succeed before anything is dropped; a whole file is not written again") {
    const Place place;
    detach_january(place, "command = \"test -e ready && cp {file} copy\"\n");
    CommandResult result = place.run(april_22);
    CHECK(result.exit_code == 12);
    CHECK(has(result.err, "ended with 1: public.orders_2024_01 is not dropped"));
    CHECK(has_table(place.database, "orders_2024_01"));
    const auto written = std::filesystem::last_write_time(place.folder.path() / january_file);
    place.folder.write("ready", "");
    result = place.run(april_22);
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK_FALSE(has_table(place.database, "orders_2024_01"));
    CHECK(std::filesystem::last_write_time(place.folder.path() / january_file) == written);
    CHECK(place.folder.read("copy") == place.folder.read(january_file));
}

TEST_CASE(
    "kill -9 at each step, then run again: every row is in the table or in a whole file, and the run is completed") {
    int killed = 0;
    for (const std::string step : {"writing", "back", "wrote", "running the archive command", "dropped"}) {
        CAPTURE(step);
        const Place place;
        detach_january(
            place, "command = \"true {file}\"\n",
            "INSERT INTO orders (id, at, note) SELECT n, timestamptz '2024-01-01' + n * interval '1 second', "
            "md5(n::text) FROM generate_series(1, 60000) AS n; INSERT INTO orders (id, at) VALUES (99999, "
            "'2024-04-10')");
        const std::string before = place.database.scalar("SELECT sum(hashtext(t::text)) FROM orders_2024_01 AS t");
        BackgroundCommand command(tripmig_command({"partition", "maintain", "--now", "2024-04-22"}),
                                  place.surroundings());
        command.wait_for_text(step);
        command.kill(SIGKILL);
        killed += command.wait().exit_code == 0 ? 0 : 1;
        wait_until(place.database, nobody_maintains);
        if (!has_table(place.database, "orders_2024_01"))
            CHECK(has_file(place, january_file));
        if (has_file(place, january_file))
            CHECK(shell(place, "zstd -qt " + january_file, place.database.url()).exit_code == 0);
        const CommandResult again = place.run(april_22);
        CHECK_MESSAGE(again.exit_code == 0, again.err);
        CHECK_FALSE(has_table(place.database, "orders_2024_01"));
        CHECK_FALSE(has_file(place, january_file + ".part"));
        CHECK_FALSE(has_file(place, "archive/orders/orders_2024_01.2.sql.zst"));
        const TestDatabase other;
        CHECK(restore(place, january_file, other).exit_code == 0);
        CHECK(other.scalar("SELECT sum(hashtext(t::text)) FROM orders_2024_01 AS t") == before);
    }
    CHECK(killed > 2);
}

TEST_CASE("a full disk: exit 12, the table stays, and no file is left") {
    const Place place;
    detach_january(
        place, "",
        "INSERT INTO orders (id, at, note) SELECT n, '2024-01-20', md5(n::text) FROM generate_series(1, 60000) "
        "AS n; INSERT INTO orders (id, at) VALUES (99999, '2024-04-10')");
    std::string words;
    for (const std::string& word : tripmig_command({"partition", "maintain", "--now", "2024-04-22"}))
        words += " " + word;
    // Files of at most 64 kB, and no signal: write() says EFBIG.
    const CommandResult result = shell(place, "trap '' XFSZ; ulimit -f 128; exec" + words, place.database.url());
    CAPTURE(result.err);
    CHECK(result.exit_code == 12);
    CHECK(has(result.err, january_file + ".part"));
    CHECK(has_table(place.database, "orders_2024_01"));
    CHECK_FALSE(has_file(place, january_file));
    CHECK_FALSE(has_file(place, january_file + ".part"));
    CHECK(place.run(april_22).exit_code == 0);
    CHECK_FALSE(has_table(place.database, "orders_2024_01"));
}

TEST_CASE("by hand: it asks before it drops; --keep writes the file of a partition that is attached") {
    const Place place;
    detach_january(place);
    CommandResult result = place.run({"archive", "orders_2024_01"});
    CHECK(result.exit_code == 12);
    CHECK(has(result.err, "add --yes to confirm"));
    CHECK(has_table(place.database, "orders_2024_01"));
    CHECK_FALSE(has_file(place, january_file));
    result = place.run({"archive", "orders_2024_01", "--yes", "--json"});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(json::parse(result.out)["dropped"] == true);
    CHECK(json::parse(result.out)["rows"] == 4);
    CHECK_FALSE(has_table(place.database, "orders_2024_01"));
    CHECK(has_file(place, january_file));
    CHECK(place.database.scalar("SELECT count(*) FROM tripmig.detached") == "0");
    result = place.run({"archive", "orders_2024_04", "--yes"});
    CHECK(result.exit_code == 12);
    CHECK(has(result.err, "is a partition of public.orders"));
    CHECK(place.run({"archive", "orders_2024_04", "--keep", "--dir", "kept"}).exit_code == 0);
    CHECK(has(place.leaves(), "orders_2024_04"));
    CHECK(has_file(place, "kept/orders/orders_2024_04.sql.zst"));
    CHECK(place.run({"archive", "nothing", "--yes"}).exit_code == 12);
}
