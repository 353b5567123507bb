// A run that is ended at each boundary between two statements, by the server or by kill -9, and inside of CONCURRENTLY,
// and then run again, ends as an undisturbed one: the same pg_dump, the same history, the same rows. And runs beside
// each other.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <thread>

#include "support/migration_project.hpp"
#include "support/schema_text.hpp"

using namespace tripmig::test;

namespace {

constexpr int gates = 5;

/// A gate is a statement that waits while the test holds its advisory lock.
std::string gate(int number) {
    return "select pg_advisory_xact_lock_shared(" + std::to_string(number) + ");\n";
}

struct Project : MigrationProject {
    Project() {
        write("V1__whole.sql",
              "-- tripmig: lock_timeout=1min\ncreate table a (id int primary key, n int not null default 0);\n" +
                  gate(1) + "insert into a select g, g from generate_series(1, 500) g;\n" + gate(2) +
                  "alter table a add column m int;\n");
        write("V2__pieces.sql", "-- tripmig: lock_timeout=1min\ncreate index concurrently a_n on a (n);\n" + gate(3) +
                                    "update a set n = n + 1;\n" + gate(4) + "vacuum a;\n" +
                                    "begin;\ninsert into a values (1001, 0);\n" + gate(5) +
                                    "create table b (id int primary key);\ncommit;\n" +
                                    "-- tripmig: batch by=id size=50\nupdate a set m = coalesce(m, 0) + 1;\n"
                                    "create unique index concurrently a_id_n on a (id, n);\n");
        write("V3__last.sql", "create view v as select id from a;");
    }

    /// Everything that two databases of these files have in common, by programs that are not tripmig's.
    [[nodiscard]] std::string portrait() const {
        std::string text = schema_text(database.url());
        for (const Row& row : database.rows("select kind, version, description, file, sha256, sha256_tokens, "
                                            "undone_at::text from tripmig.migrations order by id"))
            for (const auto& cell : row)
                text += cell.value_or("-") + "|";
        return text + database.scalar(
                          "select count(*) || ' ' || (select count(*) from pg_index where not indisvalid) "
                          "from tripmig.statements");
    }
};

/// Waits until the run's backend waits for an advisory lock, or for anything at all.
std::string waiting_backend(const MigrationProject& project, BackgroundCommand& run, const std::string& kind) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    for (;;) {
        if (std::chrono::steady_clock::now() > deadline)
            throw std::runtime_error("it does not wait: " + run.err());
        const auto rows = project.database.rows(
            "select pid::text from pg_stat_activity where datname = current_database() and application_name = 'tripmig "
            "up' "
            "and wait_event = '" +
            kind + "'");
        if (rows.size() == 1)
            return rows[0][0].value();
        if (!run.is_running())
            throw std::runtime_error("it did not wait: " + run.err());
        std::this_thread::yield();
    }
}

using Disturb = std::function<void(const Project&, BackgroundCommand&, const std::string& pid)>;

void terminate(const MigrationProject& project, BackgroundCommand& /*run*/, const std::string& pid) {
    project.database.exec("select pg_terminate_backend(" + pid + ")");
}

void kill_client(const Project& /*project*/, BackgroundCommand& run, const std::string& /*pid*/) {
    run.kill(SIGKILL);
}

std::string after_disturbance_at(int number, const Disturb& disturb) {
    const Project project;
    const Connection holder = project.database.connect();
    holder.exec("select pg_advisory_lock(" + std::to_string(number) + ")");
    BackgroundCommand run(tripmig_command(project.with_where({"up"})), project.surroundings());
    disturb(project, run, waiting_backend(project, run, "advisory"));
    holder.exec("select pg_advisory_unlock_all()");
    run.wait();
    project.succeed({"up"});
    return project.portrait();
}

}  // namespace

TEST_CASE("ended by the server, or killed, at each boundary between two statements") {
    const Project undisturbed;
    undisturbed.succeed({"up"});
    const std::string expected = undisturbed.portrait();
    for (int number = 1; number <= gates; ++number) {
        INFO("gate " << number);
        CHECK(after_disturbance_at(number, terminate) == expected);
        CHECK(after_disturbance_at(number, kill_client) == expected);
    }
}

TEST_CASE("ended by the server, or killed, inside of CREATE INDEX CONCURRENTLY") {
    const Project undisturbed;
    undisturbed.succeed({"up"});
    const std::string expected = undisturbed.portrait();
    for (const Disturb& disturb : {Disturb(terminate), Disturb(kill_client)}) {
        const Project project;
        project.succeed({"up", "--to", "1"});
        {
            const Connection writer = project.database.connect();
            writer.exec("begin; insert into a values (5000, 0)");
            BackgroundCommand run(tripmig_command(project.with_where({"up"})), project.surroundings());
            disturb(project, run, waiting_backend(project, run, "virtualxid"));
            writer.exec("rollback");
            run.wait();
        }
        project.succeed({"up"});
        CHECK(project.portrait() == expected);
    }
}

TEST_CASE("who waits for the run lock never keeps CREATE INDEX CONCURRENTLY waiting") {
    const MigrationProject project;
    project.write("V1__a.sql", "create table a (n int);");
    project.succeed({"up"});
    project.write("V2__i.sql", "create index concurrently a_n on a (n);");
    const Connection writer = project.database.connect();
    writer.exec("begin; insert into a values (1)");
    BackgroundCommand first(tripmig_command(project.with_where({"up"})), project.surroundings());
    first.wait_for_text("waits for pid");
    std::vector<std::unique_ptr<BackgroundCommand>> waiters;
    for (int i = 0; i < 4; ++i) {
        waiters.push_back(
            std::make_unique<BackgroundCommand>(tripmig_command(project.with_where({"up"})), project.surroundings()));
        waiters.back()->wait_for_text("the run lock");
    }
    CHECK(project.database.scalar(
              "select count(*) from pg_stat_activity where application_name = 'tripmig up' and "
              "state <> 'active' and (xact_start is not null and state <> 'idle' or backend_xmin is not null)") == "0");
    writer.exec("commit");
    CHECK(first.wait().exit_code == 0);
    for (const auto& waiter : waiters)
        CHECK(waiter->wait().exit_code == 0);
    CHECK(project.database.scalar("select indisvalid from pg_index where indexrelid = 'a_n'::regclass") == "t");
    CHECK(project.history() == "1 V,2 V");
}

namespace {

/// A run whose second file waits at gate 1, in one transaction or a statement at a time.
struct GatedProject : MigrationProject {
    explicit GatedProject(const std::string& directives = "") {
        write("V1__a.sql", "create table a (id int primary key);\ncreate table ran (what text);");
        write("V2__b.sql", "-- tripmig: lock_timeout=1min " + directives + "\ninsert into ran values ('up');\n" +
                               gate(1) + "create table b (id int);\n");
        write("U2__b.sql", "-- tripmig: lock_timeout=1min " + directives + "\ninsert into ran values ('down');\n" +
                               gate(1) + "drop table b;\n");
    }

    /// Runs the command; at the gate somebody ends the session that holds the run lock.
    [[nodiscard]] CommandResult without_lock(const std::vector<std::string>& command) const {
        const Connection holder = database.connect();
        holder.exec("select pg_advisory_lock(1)");
        BackgroundCommand run(tripmig_command(with_where(command)), surroundings());
        wait_until(database,
                   "select count(*) = 1 from pg_stat_activity where datname = current_database() and "
                   "wait_event = 'advisory'");
        CHECK(database.scalar("select count(pg_terminate_backend(pid)) from pg_locks where locktype = 'advisory' and "
                              "granted and objsubid = 1 and (classid <> 0 or objid <> 1) and database = (select oid "
                              "from pg_database where datname = current_database())") == "1");
        wait_until(database,
                   "select count(*) = 0 from pg_stat_activity join pg_locks using (pid) where locktype = "
                   "'advisory' and objid <> 1 and datname = current_database()");
        holder.exec("select pg_advisory_unlock_all()");
        return run.wait();
    }
};

}  // namespace

TEST_CASE("a run whose lock was ended stops before it commits: up, down and redo") {
    const GatedProject project;
    project.succeed({"up", "--to", "1"});
    const CommandResult up = project.without_lock({"up"});
    CHECK_MESSAGE(up.exit_code == 6, up.err);
    CHECK_MESSAGE(up.err.find("V2__b.sql: the session that holds the run lock") != std::string::npos, up.err);
    CHECK(project.history() == "1 V");
    CHECK(project.database.scalar("select to_regclass('b') is null and not exists (select from ran)") == "t");

    project.succeed({"up"});
    for (const std::string command : {"down", "redo"}) {
        const CommandResult result = project.without_lock({command, "--yes"});
        CHECK_MESSAGE(result.exit_code == 6, result.err);
        CHECK_MESSAGE(result.err.find("holds the run lock") != std::string::npos, result.err);
        CHECK(project.history() == "1 V,2 V");
        CHECK(project.database.scalar("select string_agg(what, ',') from ran") == "up");
    }
    project.succeed({"redo", "--yes"});
}

TEST_CASE("the same where a file runs one statement at a time: what was committed under the lock stays") {
    const GatedProject project("transaction=off");
    project.succeed({"up", "--to", "1"});
    const CommandResult up = project.without_lock({"up"});
    CHECK_MESSAGE(up.exit_code == 6, up.err);
    CHECK_MESSAGE(up.err.find("holds the run lock") != std::string::npos, up.err);
    CHECK(project.database.scalar("select string_agg(ordinal || state, ',') from tripmig.statements") == "1done");
    project.succeed({"up"});
    CHECK(project.database.scalar("select string_agg(what, ',') from ran") == "up");
}

TEST_CASE("a file's own SQL can't free the run lock") {
    const GatedProject project("transaction=off");
    for (const std::string sql : {"discard all;", "select pg_advisory_unlock_all();", "reset all;"}) {
        project.write("V1.1__free.sql", sql);
        project.write("V1.2__free.sql", "-- tripmig: transaction=off\n" + sql);
        const Connection holder = project.database.connect();
        holder.exec("select pg_advisory_lock(1)");
        BackgroundCommand first(tripmig_command(project.with_where({"up"})), project.surroundings());
        waiting_backend(project, first, "advisory");
        BackgroundCommand second(tripmig_command(project.with_where({"up"})), project.surroundings());
        second.wait_for_text("the run lock is held by tripmig up (pid");
        holder.exec("select pg_advisory_unlock_all()");
        CHECK(first.wait().exit_code == 0);
        CHECK(second.wait().exit_code == 0);
        CHECK(project.database.scalar("select string_agg(what, ',') from ran") == "up");
        project.database.exec("drop schema tripmig cascade; drop table a, b, ran");
    }
}

TEST_CASE("an administrator who ends a run's session is told of, and the file does not start again") {
    for (const std::string directives : {"", "transaction=off"}) {
        const GatedProject project(directives);
        const Connection holder = project.database.connect();
        holder.exec("select pg_advisory_lock(1)");
        BackgroundCommand run(tripmig_command(project.with_where({"up"})), project.surroundings());
        terminate(project, run, waiting_backend(project, run, "advisory"));
        const CommandResult result = run.wait();
        CHECK_MESSAGE(result.exit_code == 6, result.err);
        CHECK_MESSAGE(result.err.find("57P01") != std::string::npos, result.err);
        CHECK_MESSAGE(result.err.find("an administrator ended this session") != std::string::npos, result.err);
        CHECK_MESSAGE(result.err.find("V2__b.sql:3:1") != std::string::npos, result.err);
        CHECK(result.err.find("during a commit") == std::string::npos);
        CHECK((result.err.find("nothing of V2__b.sql was applied") != std::string::npos) == directives.empty());
        CHECK(project.history() == "1 V");
    }
}

TEST_CASE("up beside maintain beside swap: each gets done") {
    const MigrationProject project;
    project.folder.write("tripmig.toml", "[swap]\ncutover_deadline = \"30s\"\n");
    for (const char* table : {"orders", "events"})
        project.folder.write("partitions/" + std::string(table) + ".toml",
                             "table = \"public." + std::string(table) +
                                 "\"\nkey = \"at\"\ninterval = \"1 month\"\npremake = 6\nstart = \"2026-01-01\"\n");
    project.write(
        "V1__a.sql",
        "create table orders (id bigint primary key, at timestamp not null);\n"
        "create table events (id bigint, at timestamp not null, primary key (id, at)) partition by range (at);\n"
        "create table other (n int);");
    project.succeed({"up"});
    project.database.exec(
        "insert into orders select g, (now() at time zone 'utc') - g * interval '5 minutes' from "
        "generate_series(1, 20000) g");
    for (int i = 2; i < 12; ++i)
        project.write("V" + std::to_string(i) + "__x.sql",
                      "create table t" + std::to_string(i) + " (n int);\ncomment on table other is '" +
                          std::to_string(i) + "';\nalter table events add column c" + std::to_string(i) + " int;\n");
    project.write("V12__i.sql", "create index concurrently other_n on other (n);");
    std::vector<std::unique_ptr<BackgroundCommand>> runs;
    for (const std::vector<std::string>& command :
         std::vector<std::vector<std::string>>{{"up"},
                                               {"partition", "maintain", "--only", "events"},
                                               {"swap", "run", "orders"},
                                               {"up"},
                                               {"partition", "maintain", "--only", "events"}})
        runs.push_back(
            std::make_unique<BackgroundCommand>(tripmig_command(project.with_where(command)), project.surroundings()));
    for (const auto& run : runs) {
        const CommandResult result = run->wait();
        CHECK_MESSAGE(result.exit_code == 0, result.err);
    }
    CHECK(project.database.scalar("select count(*) from tripmig.migrations") == "12");
    CHECK(project.database.scalar("select relkind from pg_class where oid = 'orders'::regclass") == "p");
    CHECK(project.database.scalar("select count(*) from orders") == "20000");
    CHECK(project.database.scalar("select count(*) > 6 from pg_inherits where inhparent = 'events'::regclass") == "t");
    CHECK(project.database.scalar("select count(*) from pg_index where not indisvalid") == "0");
}
