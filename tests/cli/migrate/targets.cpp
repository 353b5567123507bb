// `tripmig up --all`: many databases, each by itself.
#include <array>
#include <csignal>

#include "support/migration_project.hpp"

using namespace tripmig::test;

namespace {

/// Four databases, and a folder of migrations for all of them. Their URLs carry a password that nobody asks for.
struct Fleet {
    Fleet() {
        write("V1__a.sql", "create table a (n int);");
        write("V2__b.sql", "create table b (n int);");
        std::string toml;
        for (std::size_t i = 0; i < databases.size(); ++i)
            toml += "[[targets]]\nname = \"" + name(i) + "\"\nurl = \"" + url(i) + "\"\n";
        folder.write("tripmig.toml", toml);
    }
    static std::string name(std::size_t i) { return "tenant" + std::to_string(i); }
    [[nodiscard]] std::string url(std::size_t i) const { return databases[i].url() + "&password=" + secret; }
    void write(const std::string& file, std::string_view content) const { folder.write("migrations/" + file, content); }

    [[nodiscard]] CommandResult run(std::vector<std::string> arguments) const {
        Surroundings where;
        where.directory = folder.path();
        arguments.insert(arguments.begin(), "up");
        CommandResult result = run_tripmig(arguments, where);
        CHECK_MESSAGE(result.err.find(secret) == std::string::npos, result.err);
        CHECK_MESSAGE(result.out.find(secret) == std::string::npos, result.out);
        return result;
    }
    /// "applied,failed,not started,up to date": what became of each.
    [[nodiscard]] std::string results(std::vector<std::string> arguments, int exit_code) const {
        arguments.emplace_back("--json");
        const CommandResult result = run(std::move(arguments));
        CHECK_MESSAGE(result.exit_code == exit_code, result.err);
        const auto document = nlohmann::json::parse(result.out);
        std::string text;
        for (const auto& target : document["targets"])
            text += (text.empty() ? "" : ",") + target["result"].get<std::string>();
        return text;
    }
    [[nodiscard]] std::string versions(std::size_t i) const {
        return databases[i].scalar("select string_agg(version, ',' order by id) from tripmig.migrations");
    }

    static constexpr const char* secret = "hush-hush";
    std::array<TestDatabase, 4> databases;
    TemporaryFolder folder;
};

}  // namespace

TEST_CASE("every target gets the files, each once; a second run finds nothing to do") {
    const Fleet fleet;
    const auto first = fleet.run({"--all", "--jobs", "3"});
    CHECK_MESSAGE(first.exit_code == 0, first.err);
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(fleet.versions(i) == "1,2");
        CHECK(first.out.find(Fleet::name(i)) != std::string::npos);
    }
    CHECK(first.out.find("2 applied") != std::string::npos);
    CHECK(first.err.find("tenant3: applied V2 b") != std::string::npos);
    CHECK(fleet.results({"--all"}, 0) == "up to date,up to date,up to date,up to date");
}

TEST_CASE("a canary that fails keeps the files away from all others") {
    const Fleet fleet;
    fleet.databases[0].exec("create table b ()");
    CHECK(fleet.results({"--all", "--keep-going"}, 9) == "failed,not started,not started,not started");
    CHECK(fleet.databases[1].scalar("select to_regclass('a') is null") == "t");
    CHECK(fleet.versions(0) == "1");
    fleet.databases[0].exec("drop table b");
    CHECK(fleet.results({"--all", "--canary", "2"}, 0) == "applied,applied,applied,applied");
}

TEST_CASE("one that fails: no further one is begun, or all others are with --keep-going; exit code 9") {
    const Fleet fleet;
    fleet.databases[1].exec("create table b ()");
    CHECK(fleet.results({"--all", "--jobs", "1"}, 9) == "applied,failed,not started,not started");
    CHECK(fleet.results({"--all", "--jobs", "1", "--keep-going"}, 9) == "up to date,failed,applied,applied");
    const auto text = fleet.run({"--all"});
    CHECK(text.exit_code == 9);
    CHECK_MESSAGE(text.out.find("exit code 7: relation \"b\" already exists") != std::string::npos, text.out);
    CHECK(text.err.find("tenant1: V2__b.sql:1:1: relation \"b\" already exists") != std::string::npos);
    fleet.databases[1].exec("drop table b");
    CHECK(fleet.results({"--all"}, 0) == "up to date,applied,up to date,up to date");
}

TEST_CASE("a list that a program wrote, and one that can't be reached") {
    const Fleet fleet;
    fleet.folder.write("fleet.txt", "# ours\n one  " + fleet.url(2) + "\n\ngone host=/nowhere dbname=x password=" +
                                        std::string(Fleet::secret) + "\n");
    CHECK(fleet.results({"--all", "--targets-from", "fleet.txt"}, 9) == "applied,failed");
    CHECK(fleet.versions(2) == "1,2");
    fleet.folder.write("fleet.toml", "[[targets]]\nname = \"two\"\nurl = \"" + fleet.url(3) + "\"\n");
    CHECK(fleet.results({"--all", "--targets-from", "fleet.toml"}, 0) == "applied");
}

TEST_CASE("lists that say nothing or too little are errors at their place") {
    const Fleet fleet;
    const auto fails = [&fleet](const std::string& toml, const std::string& message) {
        fleet.folder.write("tripmig.toml", toml);
        const auto result = fleet.run({"--all"});
        CHECK(result.exit_code == 2);
        CHECK_MESSAGE(result.err.find(message) != std::string::npos, result.err);
    };
    const std::string one = "[[targets]]\nname = \"a\"\nurl = \"" + fleet.url(0) + "\"\n";
    fails("", "has no targets");
    fails("targets = 3\n", "tripmig.toml:1:1: targets must be a list of tables");
    fails(one + one, "two targets are named \"a\"");
    fails(one + "[[targets]]\nname = \"b\"\n", "tripmig.toml:4:1: this target has no url");
    fails("[[targets]]\nurl = \"postgresql:///x\"\n", "this target has no name");
    fails(one + "ulr = \"x\"\n", "did you mean url?");
    fails("[[targets]]\nname = \"b\"\nurl = \"nonsense hush-hush\"\n", "tripmig.toml:3");
    fleet.folder.write("bad.txt", "lonely\n");
    CHECK(fleet.run({"--all", "--targets-from", "bad.txt"}).err.find("bad.txt:1") != std::string::npos);
    const auto list_fails = [&fleet](const std::string& line, const std::string& message) {
        fleet.folder.write("bad.txt", line + "\n");
        const auto result = fleet.run({"--all", "--targets-from", "bad.txt", "--dry-run"});
        CHECK(result.exit_code == 2);
        CHECK_MESSAGE(result.err.find("bad.txt:1") != std::string::npos, result.err);
        CHECK_MESSAGE(result.err.find(message) != std::string::npos, result.err);
    };
    list_fails("Host=127.0.0.1;Username=u;Password=hush-hush;Command Timeout=30", "not with a name");
    list_fails("postgresql://u:hush-hush@h/d application_name=x", "not with a name");
    list_fails("one Username=u;Password=hush-hush", "has no host");
    list_fails("one postgresql:///x?password=hush-hush", "has no host");
    fails("[[targets]]\nname = \"a\"\nurl = \"dbname=x password=hush-hush\"\n", "has no host");
    fails("[[targets]]\nname = \"host=h password=hush-hush\"\nurl = \"host=h\"\n", "looks like a connection string");
    fails("[[targets]]\nname = \"a\"\nurl = \"host=h\npassword=hush-hush\"\n", "tripmig.toml:3");
    CHECK(fleet.run({"--jobs", "3"}).exit_code == 2);
    CHECK(fleet.databases[0].scalar("select to_regclass('a') is null") == "t");
}

TEST_CASE("SIGTERM ends it cleanly: what runs is rolled back, nothing further begins") {
    const Fleet fleet;
    fleet.write("V3__slow.sql", "create table c (); select pg_sleep(60);");
    Surroundings where;
    where.directory = fleet.folder.path();
    BackgroundCommand run(tripmig_command({"up", "--all", "--jobs", "2", "--canary", "0"}), where);
    wait_until(fleet.databases[0], "select count(*) = 2 from pg_stat_activity where query like 'select pg_sleep(60)%'");
    run.kill(SIGTERM);
    CHECK(run.wait().exit_code == 143);
    CHECK(fleet.versions(0) == "1,2");
    CHECK(fleet.databases[0].scalar("select to_regclass('c') is null") == "t");
    CHECK(fleet.databases[3].scalar("select to_regclass('a') is null") == "t");
}

TEST_CASE("--dry-run shows what each target would get, in every format, and changes none") {
    const Fleet fleet;
    CHECK(fleet.results({"--all", "--to", "1"}, 0) == "applied,applied,applied,applied");
    fleet.databases[2].exec("drop schema tripmig cascade; drop table a");
    const auto text = fleet.run({"--all", "--dry-run"});
    CHECK_MESSAGE(text.exit_code == 0, text.err);
    CHECK(text.out.find("target tenant1\nV2__b.sql  (one transaction)") != std::string::npos);
    CHECK(text.out.find("target tenant2\nV1__a.sql  (one transaction)") != std::string::npos);
    CHECK(fleet.run({"--all", "--dry-run=sql"}).out.find("-- target tenant2\n-- V1__a.sql") != std::string::npos);
    const auto document = nlohmann::json::parse(fleet.run({"--all", "--dry-run", "--json"}).out);
    CHECK(document["targets"].size() == 4);
    CHECK(document["targets"][1]["pending"].size() == 1);
    CHECK(document["targets"][2]["pending"].size() == 2);
    for (const auto& database : fleet.databases)
        CHECK(database.scalar("select to_regclass('b') is null") == "t");
    CHECK(fleet.databases[2].scalar("select to_regnamespace('tripmig') is null") == "t");
}

TEST_CASE("--dry-run: one that can't be looked at is named, and the exit code is 9") {
    const Fleet fleet;
    CHECK(fleet.results({"--all"}, 0) == "applied,applied,applied,applied");
    fleet.databases[1].exec("update tripmig.migrations set sha256 = 'x', sha256_tokens = 'y' where version = '1'");
    const auto document = nlohmann::json::parse(fleet.run({"--all", "--dry-run=json", "--keep-going"}).out);
    CHECK(document["targets"][1]["error"]["code"] == 4);
    CHECK(document["targets"][3]["pending"].empty());
    const auto text = fleet.run({"--all", "--dry-run", "--keep-going"});
    CHECK(text.exit_code == 9);
    CHECK(text.out.find("target tenant1: failed") != std::string::npos);
}
