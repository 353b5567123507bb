// With --json every command prints exactly one document on stdout: when it succeeds, and when it fails.
#include <doctest/doctest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "cli/swap/fixture.hpp"
#include "support/command.hpp"
#include "support/partman_5.hpp"
#include "support/test_database.hpp"

using namespace tripmig::test;
using nlohmann::json;

namespace {

using Words = std::vector<std::string>;

/// The subcommands that --help lists, as "swap run"; groups themselves are not among them.
void list_commands(const Words& group, std::set<std::string>& commands) {
    Words help = group;
    help.emplace_back("--help");
    std::istringstream lines(run_tripmig(help).out);
    bool is_listing = false;
    bool has_any = false;
    std::string name;
    for (std::string line; std::getline(lines, line);) {
        if (line == "Subcommands:")
            is_listing = true;
        else if (!line.empty() && line.front() != ' ')
            is_listing = false;
        else if (is_listing && line.size() > 2 && line[2] != ' ') {
            Words inner = group;
            inner.push_back(line.substr(2, line.find(' ', 2) - 2));
            list_commands(inner, commands);
            has_any = true;
        }
    }
    for (const std::string& word : group)
        name += (name.empty() ? "" : " ") + word;
    if (!has_any)
        commands.insert(name);
}

const std::set<std::string>& all_commands() {
    static const std::set<std::string> commands = [] {
        std::set<std::string> found;
        list_commands({}, found);
        return found;
    }();
    return commands;
}

/// Runs commands with --json, and remembers which.
class Documents {
  public:
    explicit Documents(Surroundings around) : m_around(std::move(around)) {}

    /// `command` must exit with `code`, and print one document.
    json run(const std::string& command, const Words& more = {}, int code = 0) {
        Words arguments = words(command);
        arguments.insert(arguments.end(), more.begin(), more.end());
        arguments.emplace_back("--json");
        const CommandResult result = run_tripmig(arguments, m_around, std::chrono::seconds(120));
        CAPTURE(command);
        CHECK_MESSAGE(result.exit_code == code, result.err);
        json document = json::parse(result.out, nullptr, false);
        CHECK_MESSAGE(document.is_object(), result.out);
        m_seen.insert(command);
        return document;
    }

    /// The same of one that fails: its document is the error.
    void fail(const std::string& command, const Words& more, int code) {
        const json document = run(command, more, code);
        CHECK(document["error"]["code"] == code);
        for (const char* key : {"message", "sqlstate", "detail", "hint", "position"})
            CHECK_MESSAGE(document["error"].contains(key), key);
    }

    void check_that_all_were_run() const {
        for (const std::string& command : all_commands())
            if (command != "sandbox run")  // stdout is its command's
                CHECK_MESSAGE(m_seen.count(command) == 1, command);
    }

  private:
    static Words words(const std::string& command) {
        std::istringstream stream(command);
        Words parts;
        for (std::string part; stream >> part;)
            parts.push_back(part);
        return parts;
    }

    Surroundings m_around;
    std::set<std::string> m_seen;
};

bool is_rfc3339(const json& value) {
    const auto text = value.is_string() ? value.get<std::string>() : "";
    return text.size() >= 20 && text[10] == 'T' && text.back() == 'Z';
}

void run_migrations(Documents& documents, const SwapFixture& room) {
    room.folder.write("migrations/V1__a.sql", "CREATE TABLE a (id int);\n");
    room.folder.write("migrations/U1__a.sql", "DROP TABLE a;\n");
    CHECK(documents.run("new", {"more"})["files"].size() == 1);
    std::filesystem::remove(room.folder.path() / "migrations/V2__more.sql");
    CHECK(documents.run("lint")["files"].size() == 2);
    CHECK(documents.run("up", {"--dry-run"})["pending"].size() == 1);
    CHECK(documents.run("up")["applied"].size() == 1);
    const json status = documents.run("status", {"--locks"})["migrations"][0];
    CHECK(is_rfc3339(status["applied_at"]));
    CHECK(status["duration_ms"].is_number());
    CHECK(documents.run("validate")["valid"] == true);
    CHECK(documents.run("wait")["version"] == "1");
    CHECK(documents.run("redo", {"--yes"})["ran"].size() == 2);
    CHECK(documents.run("repair")["repaired"].empty());
    CHECK(documents.run("doctor")["errors"] == 0);
    CHECK(documents.run("audit")["runs"].size() == 3);  // up, redo and repair
    CHECK(documents.run("report")["doctor"]["errors"] == 0);
    documents.fail("serve", {"--listen", "203.0.113.1:9187"}, 12);
    CHECK(documents.run("explain", {"11"})["code"] == "11");
    CHECK(documents.run("help", {"exit-codes"})["page"] == "exit-codes");
    CHECK(documents.run("completion", {"--list", "versions"})["words"] == json::array({"1"}));
    CHECK(documents.run("dump")["schema"].is_string());
    documents.run("dump", {"schema.sql"});
    CHECK(documents.run("dump", {"--check", "schema.sql"})["same"] == true);
    CHECK(documents.run("rehearse")["files"].size() == 3);
    CHECK(documents.run("down", {"--yes"})["version"] == "");
}

/// Those that begin a history, each on a database of its own.
void begin_histories(Documents& documents) {
    const TestDatabase fresh;
    CHECK(documents.run("baseline", {"1", "--url", fresh.url()})["version"] == "1");
    const TestDatabase adopted;
    adopted.exec("CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL)");
    CHECK(documents.run("adopt", {"--url", adopted.url()})["table"] == "public.schema_migrations");
}

void change_partitions(Documents& documents, const SwapFixture& room) {
    const std::string months =
        "SELECT string_agg(name, ' ') FROM (SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = "
        "'orders'::regclass ORDER BY pg_get_expr((SELECT relpartbound FROM pg_class WHERE oid = inhrelid), inhrelid) "
        "LIMIT 2) AS first";
    const std::string names = room.database.scalar(months);
    const std::size_t space = names.find(' ');
    CHECK(documents.run("partition merge", {names.substr(0, space), names.substr(space + 1), "--into",
                                            "orders_merged"})["kind"] == "merge");
    room.database.exec("CREATE TABLE orders_rest PARTITION OF orders DEFAULT");
    CHECK(documents.run("partition drain", {"orders"})["kind"] == "drain");
    CHECK(documents.run("partition check")["policies"].size() == 1);
    std::filesystem::remove(room.folder.path() / "partitions/orders.toml");
    CHECK(documents.run("partition init", {"orders", "--dry-run"})["written"] == false);
    room.database.exec(partman_5);
    CHECK(documents.run("partition adopt", {"--from", "pg_partman"})["tables"].empty());
}

void run_swaps(Documents& documents, const SwapFixture& room) {
    room.database.exec(orders_and_lines);
    CHECK(documents.run("swap plan", {"orders"})["units"].size() > 1);
    CHECK(documents.run("swap status", {"orders"})["stage"] == "none");
    CHECK(documents.run("swap run", {"orders", "--until", "ready"})["stage"] == "ready");
    CHECK(documents.run("swap pause", {"orders"})["paused"] == true);
    CHECK(documents.run("swap resume", {"orders"})["paused"] == false);
    CHECK(documents.run("swap abort", {"orders"})["stage"] == "aborted");
    CHECK(documents.run("swap run", {"orders", "--until", "ready"})["stage"] == "ready");
    const json done = documents.run("swap cutover", {"orders"});
    CHECK(done["table"] == "public.orders");
    CHECK(is_rfc3339(done["cut_over_at"]));
    CHECK(documents.run("swap verify", {"orders"})["equal"] == true);
    CHECK(documents.run("swap revert", {"orders"})["stage"] == "reverted");
    documents.run("swap run", {"orders"});
    CHECK(documents.run("swap finish", {"orders", "--yes"})["stage"] == "finished");
    CHECK(is_rfc3339(documents.run("partition maintain", {"--dry-run"})["now"]));
    CHECK(documents.run("partition maintain")["tables"].size() == 1);
    CHECK(is_rfc3339(documents.run("partition status")["now"]));
    const std::string past = room.database.scalar(
        "SELECT min(inhrelid)::regclass::text FROM pg_inherits WHERE inhparent = 'orders'::regclass");
    CHECK(documents.run("partition split", {past})["stage"] == "finished");
    const std::string last = room.database.scalar(
        "SELECT max(inhrelid)::regclass::text FROM pg_inherits WHERE inhparent = 'orders'::regclass");
    const json archive = documents.run("partition archive", {last, "--keep", "--dir", "archive"});
    CHECK(archive["dropped"] == false);
    room.database.exec("ALTER TABLE orders DETACH PARTITION " + last + "; DROP TABLE " + last);
    CHECK(documents.run("partition restore", {archive["file"].get<std::string>()})["rows"] == archive["rows"]);
    CHECK(documents.run("partition attach", {last})["partition"] == "public." + last);
    change_partitions(documents, room);
}

void run_sandbox(Documents& documents, const TemporaryFolder& folder) {
    const Words where{"--dir", folder.path() / "server"};
    CHECK(documents.run("sandbox start", where)["running"] == true);
    CHECK(documents.run("sandbox status", where)["pid"].is_number());
    CHECK(documents.run("sandbox url", where)["url"].is_string());
    CHECK(documents.run("sandbox stop", where)["stopped"] == true);
}

const std::string nowhere = "postgresql://somebody@127.0.0.1:1/nowhere?connect_timeout=1";

/// What a command that takes an argument is given when it is to fail at something else.
const std::map<std::string, Words>& failing_arguments() {
    static const std::map<std::string, Words> arguments{{"baseline", {"1"}},
                                                        {"down", {"--yes"}},
                                                        {"redo", {"--yes"}},
                                                        {"wait", {"--timeout", "0s"}},
                                                        {"rehearse", {"--yes"}},
                                                        {"dump", {"schema.sql"}},
                                                        {"partition split", {"orders_past"}},
                                                        {"partition attach", {"orders_past"}},
                                                        {"partition archive", {"orders_past", "--yes"}},
                                                        {"partition merge", {"a", "b", "--into", "c"}},
                                                        {"partition drain", {"orders"}},
                                                        {"partition init", {"others"}},
                                                        {"partition adopt", {"--from", "pg_partman"}},
                                                        {"partition restore", {"orders_past.sql.zst"}}};
    return arguments;
}

Words arguments_to_fail_with(const std::string& command) {
    const auto found = failing_arguments().find(command);
    Words arguments = found == failing_arguments().end() ? Words{} : found->second;
    if (command.rfind("swap ", 0) == 0)
        arguments.emplace_back("orders");
    arguments.insert(arguments.end(), {"--url", nowhere});
    return arguments;
}

}  // namespace

TEST_CASE("every command prints one document when it succeeds") {
    const SwapFixture room;
    const TemporaryFolder elsewhere;
    std::filesystem::permissions(elsewhere.path(), std::filesystem::perms::others_exec,
                                 std::filesystem::perm_options::add);
    Documents documents(room.surroundings());
    run_migrations(documents, room);
    begin_histories(documents);
    run_swaps(documents, room);
    run_sandbox(documents, elsewhere);
    documents.check_that_all_were_run();
}

TEST_CASE("every command prints one document when the server can't be reached, or the files can't be read") {
    const SwapFixture room;
    room.folder.write("migrations/V1__a.sql", "SELECT 1;\n");
    const TemporaryFolder elsewhere;
    Documents documents(room.surroundings());
    const std::set<std::string> without_server{"new", "lint", "serve", "explain", "help", "completion"};
    for (const std::string& command : all_commands())
        if (without_server.count(command) == 0 && command.rfind("sandbox ", 0) != 0)
            documents.fail(command, arguments_to_fail_with(command), 6);
    documents.fail("explain", {"nothing"}, 2);
    documents.fail("help", {"nothing"}, 2);
    documents.fail("completion", {}, 2);
    documents.fail("serve", {"--listen", "203.0.113.1:9187"}, 12);  // it waits for its server
    documents.fail("new", {"..."}, 2);
    documents.fail("lint", {"missing.sql"}, 2);
    documents.fail("sandbox start", {"--pg-bindir", "/nowhere", "--dir", elsewhere.path() / "a"}, 2);
    documents.fail("sandbox url", {"--dir", elsewhere.path() / "a"}, 6);
    CHECK(documents.run("sandbox status", {"--dir", elsewhere.path() / "a"}, 6)["running"] == false);
    CHECK(documents.run("sandbox stop", {"--dir", elsewhere.path() / "a"})["stopped"] == false);
    documents.check_that_all_were_run();
}

TEST_CASE("a command that refuses, or finds what is wrong, prints one document") {
    const SwapFixture room;
    room.folder.write("migrations/V1__a.sql", "CREATE TABLE a (id int);\n");
    room.folder.write("schema.sql", "another\n");
    Documents documents(room.surroundings());
    documents.fail("wait", {"--timeout", "0s"}, 3);
    documents.fail("adopt", {}, 12);
    CHECK(documents.run("status", {"--exit-code"}, 3)["pending"] == 1);
    documents.run("up");
    documents.fail("baseline", {"1"}, 12);
    documents.fail("down", {}, 12);
    documents.fail("redo", {}, 12);
    documents.fail("dump", {"--check", "schema.sql"}, 4);
    documents.fail("dump", {"--check"}, 2);
    room.folder.write("migrations/V1__a.sql", "CREATE TABLE b (id int);\n");
    CHECK(documents.run("validate", {}, 4)["valid"] == false);
    CHECK(documents.run("status", {"--exit-code"}, 4)["findings"].size() == 1);
    documents.fail("up", {}, 4);
    documents.fail("repair", {}, 4);
    documents.fail("swap run", {"nothing", "--key", "at"}, 12);
    documents.fail("partition split", {"a"}, 12);

    const CommandResult preview = run_tripmig({"up", "--dry-run=json"}, room.surroundings());
    CHECK(preview.exit_code == 4);
    CHECK(json::parse(preview.out)["error"]["code"] == 4);
}

TEST_CASE("every command prints one document when its command line is wrong") {
    Documents documents({});
    for (const std::string& command : all_commands())
        if (command != "sandbox run")  // where --json may be its command's
            documents.fail(command, {"--nope"}, 2);
    documents.check_that_all_were_run();
    documents.fail("sandbox run", {"--nope"}, 2);
    documents.fail("satus", {}, 2);
    documents.fail("swap", {}, 2);
    documents.fail("", {}, 2);
}

TEST_CASE("every command prints one document when a name that it was given is not UTF-8") {
    const SwapFixture room;
    const TemporaryFolder elsewhere;
    Documents documents(room.surroundings());
    for (const std::string& command : all_commands()) {
        Words arguments = arguments_to_fail_with(command);
        arguments.insert(arguments.end(), {"--config", "caf\xE9.toml"});
        if (command == "new")
            arguments.emplace_back("more");
        if (command != "help" && command.rfind("sandbox ", 0) != 0)  // they read no configuration
            documents.fail(command, arguments, 2);
    }
    documents.fail("help", {"caf\xE9"}, 2);
    const std::string nothing = elsewhere.path() / "caf\xE9";
    const std::string shown = elsewhere.path() / "caf\xEF\xBF\xBD";
    documents.fail("sandbox start", {"--pg-bindir", nothing}, 2);
    documents.fail("sandbox url", {"--dir", nothing}, 6);
    CHECK(documents.run("sandbox status", {"--dir", nothing}, 6)["directory"] == shown);
    CHECK(documents.run("sandbox stop", {"--dir", nothing})["directory"] == shown);
    documents.check_that_all_were_run();
}

TEST_CASE("a document is written whatever bytes files and tables have in their names") {
    const SwapFixture room;
    room.folder.write("migrations/V1__caf\xE9.sql", "DROP TABLE \"caf\xE9\", nothing;\n");
    Documents documents(room.surroundings());
    const std::string shown = "V1__caf\xEF\xBF\xBD.sql";
    CHECK(documents.run("lint")["files"][0]["file"] == "migrations/" + shown);
    CHECK(documents.run("status")["migrations"][0]["file"] == shown);
    CHECK(documents.run("up", {"--dry-run"})["pending"][0]["file"] == shown);
    CHECK(documents.run("validate")["pending"] == 1);
    documents.fail("up", {}, 7);
    documents.fail("swap status", {"\"caf\xE9\""}, 12);

    // A database without encoding, whose server refuses to send such a name.
    const std::string name = room.database.name() + "_ascii";
    room.database.exec("CREATE DATABASE " + name +
                       " ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
    std::string url = room.database.url();
    url.replace(url.find(room.database.name()), room.database.name().size(), name);
    {
        const Connection session(url);
        session.exec("DO $$ BEGIN EXECUTE 'CREATE TABLE \"caf' || chr(233) || '\" (at timestamp)'; END $$");
    }
    documents.fail("dump", {"--url", url}, 12);
    CHECK(run_tripmig({"dump", "--url", url}).err.find("encoding SQL_ASCII") != std::string::npos);
    documents.fail("up", {"--url", url}, 7);
    room.database.exec("DROP DATABASE " + name);
}
