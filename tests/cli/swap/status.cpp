// What `swap status` tells while another process works on the job.
#include <doctest/doctest.h>

#include <functional>
#include <sstream>
#include <string>
#include <thread>

#include "cli/swap/writers.hpp"

using namespace tripmig::test;

namespace {

/// Looks at the status until something holds of it.
nlohmann::json status_when(const SwapFixture& room, const std::function<bool(const nlohmann::json&)>& holds) {
    for (int looks = 0; looks < 600; ++looks) {
        nlohmann::json status = room.swap({"status", "orders"});
        if (holds(status))
            return status;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    FAIL("the status never said so");
    return {};
}

/// A session that ends one transaction after the other.
class Service {
  public:
    explicit Service(const TestDatabase& database)
        : m_thread([this, &database] {
              const Connection session = database.connect();
              // Many a round trip: it must look busy on a machine that is busy itself. They read a table: a session
              // that touched none does not tell how many transactions it ended until it goes.
              std::string transactions;
              for (int i = 0; i < 20; ++i)
                  transactions += "BEGIN; SELECT FROM gate; COMMIT;";
              while (m_is_busy)
                  session.exec(transactions);
          }) {}
    ~Service() { stop(); }
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    void stop() {
        m_is_busy = false;
        if (m_thread.joinable())
            m_thread.join();
    }

  private:
    std::atomic<bool> m_is_busy{true};
    std::thread m_thread;
};

/// A gate that the throttle's probe looks at.
struct Gate {
    explicit Gate(const SwapFixture& room, const std::string& more = {}) : m_room(room) {
        fill_for_writers(room);
        room.database.exec("CREATE TABLE gate (is_open bool); INSERT INTO gate VALUES (false)");
        room.folder.write(
            "tripmig.toml",
            "[swap]\nchunk_target = \"5ms\"\nworkers = 1\nprobe = \"SELECT is_open FROM public.gate\"\n" + more);
    }
    void open() const { m_room.database.exec("UPDATE gate SET is_open = true"); }
    void close() const { m_room.database.exec("UPDATE gate SET is_open = false"); }

  private:
    const SwapFixture& m_room;
};

/// What a terminal of that width shows in the end, which knows line ends, "up so many lines" and "clear from here on".
std::string screen_after(const std::string& written, std::size_t width) {
    std::vector<std::string> lines{""};
    std::size_t row = 0;
    const auto go_down = [&] {
        if (++row == lines.size())
            lines.emplace_back();
    };
    for (std::size_t at = 0; at < written.size(); ++at) {
        if (written[at] == '\n') {
            go_down();
        } else if (written.compare(at, 2, "\x1b[") == 0) {
            const std::size_t end = written.find_first_not_of("0123456789", at + 2);
            if (written.at(end) == 'A')
                row -= std::min(row, static_cast<std::size_t>(std::stoul(written.substr(at + 2))));
            if (written.at(end) == 'J')
                lines.resize(row);
            lines.resize(std::max(lines.size(), row + 1));
            at = end;
        } else if (written[at] != '\r') {
            if (lines[row].size() == width)
                go_down();
            lines[row] += written[at];
        }
    }
    std::string screen;
    for (const std::string& line : lines)
        screen += line + "\n";
    return screen;
}

}  // namespace

TEST_CASE("status tells why the work holds and who is at it, and --watch follows it to its end") {
    const SwapFixture room;
    const Gate gate(room);
    CHECK(room.tripmig({"swap", "status", "orders"}).out ==
          "public.orders: no swap\nto see what one would do: tripmig swap plan public.orders\n");
    BackgroundCommand work(tripmig_command({"swap", "run", "orders", "--strategy", "copy"}), room.surroundings());
    work.wait_for_text("holding");
    const auto held = status_when(room, [](const nlohmann::json& status) { return !status["holding"].is_null(); });
    CHECK(held["holding"]["kind"] == "probe");
    CHECK(held["holding"]["reason"] == "the probe answers false");
    CHECK(held["holding"]["since"].get<std::string>().substr(0, 2) == "20");
    CHECK(held["worker"].get<std::string>().find("tripmig swap (pid ") == 0);
    CHECK(held["attempts"] == 0);
    const std::string text = room.tripmig({"swap", "status", "orders"}).out;
    CHECK_MESSAGE(text.find("waiting since 20") != std::string::npos, text);
    CHECK_MESSAGE(text.find("Z: the probe answers false\n") != std::string::npos, text);
    CHECK_MESSAGE(text.find("at work: tripmig swap (pid ") != std::string::npos, text);

    BackgroundCommand lines(tripmig_command({"swap", "status", "orders", "--watch"}), room.surroundings());
    BackgroundCommand json(tripmig_command({"swap", "status", "orders", "--watch", "--json"}), room.surroundings());
    lines.wait_for_text("the probe answers false");
    json.wait_for_text("the probe answers false");
    gate.open();
    CHECK(work.wait().exit_code == 0);
    CHECK(lines.wait().exit_code == 0);
    const CommandResult told = lines.wait();
    CHECK_MESSAGE(told.out.find('\x1b') == std::string::npos, told.out);
    CHECK_MESSAGE(told.out.rfind("public.orders: complete") != std::string::npos, told.out);
    std::istringstream documents(json.wait().out);
    std::string line;
    nlohmann::json last;
    int count = 0;
    for (; std::getline(documents, line); ++count)
        last = nlohmann::json::parse(line);
    CHECK(count >= 2);
    CHECK(last["stage"] == "complete");
    CHECK(last["holding"].is_null());
    CHECK(room.swap({"status", "orders"})["worker"].is_null());
}

TEST_CASE("beside a busy service the work rests, and status tells for how many transactions") {
    const SwapFixture room;
    const Gate gate(room, "rest_when_busy = 100\n");
    Service service(room.database);
    BackgroundCommand work(tripmig_command({"swap", "run", "orders", "--strategy", "copy"}), room.surroundings());
    work.wait_for_text("holding");
    // Until the service's transactions have been counted, two seconds after the first look.
    const std::string before = room.database.scalar("SELECT sum(xact_commit) FROM pg_stat_database");
    room.database.exec("SELECT pg_sleep(2)");
    wait_until(room.database, "SELECT sum(xact_commit) > 500 + " + before + " FROM pg_stat_database");
    gate.open();
    work.wait_for_text("pausing for 100 % of the time worked (swap.rest_when_busy)");
    gate.close();
    const auto status = status_when(room, [](const nlohmann::json& seen) { return !seen["holding"].is_null(); });
    CHECK(status["resting"]["others_per_second"] > 50);
    const std::string text = room.tripmig({"swap", "status", "orders"}).out;
    CHECK_MESSAGE(text.find("pausing between chunks: server busy, ") != std::string::npos, text);
    gate.open();
    CHECK(work.wait().exit_code == 0);
    service.stop();
    CHECK(room.swap({"status", "orders"})["resting"].is_null());
}

TEST_CASE("--watch on a terminal shows each look in the place of the one before, also where lines are wrapped") {
    const SwapFixture room;
    const Gate gate(room);
    BackgroundCommand work(tripmig_command({"swap", "run", "orders", "--strategy", "copy"}), room.surroundings());
    work.wait_for_text("holding");
    BackgroundCommand watch(
        {"script", "-qec", "stty cols 40 rows 50; exec " + tripmig_command({}).front() + " swap status orders --watch",
         "/dev/null"},
        room.surroundings());
    watch.wait_for_text("the probe answers false");
    watch.wait_for_text("\x1b[");  // the second look
    gate.open();
    CHECK(work.wait().exit_code == 0);
    const CommandResult shown = watch.wait();
    CHECK(shown.exit_code == 0);
    const std::string screen = screen_after(shown.out, 40);
    CHECK_MESSAGE(screen.find("public.orders: ") == 0, screen);
    CHECK_MESSAGE(screen.find("public.orders: ", 1) == std::string::npos, screen);
    CHECK_MESSAGE(screen.find("complete") != std::string::npos, screen);
    CHECK_MESSAGE(screen.find("the probe answers false") == std::string::npos, screen);
}

TEST_CASE("in the load: blocks, rate and time left; the note of a process that is gone is not believed") {
    const SwapFixture room;
    fill_for_writers(room);
    (void)room.swap({"run", "orders", "--strategy", "copy", "--until", "ready"});
    room.database.exec(R"(
        DELETE FROM tripmig.chunks_1;
        INSERT INTO tripmig.chunks_1 SELECT 10 * n, 10 * n + 10, now() + n * interval '1 s' FROM generate_series(0, 9) AS n;
        UPDATE tripmig.jobs SET stage = 'capturing', state = jsonb_set(state, '{load,blocks}', '1000')
            || '{"live": {"kind": "probe", "reason": "was", "since": "then", "attempts": 0}}')");
    const auto left = room.swap({"status", "orders"});
    CHECK(left["holding"].is_null());
    CHECK(left["worker"].is_null());
    CHECK(left["load"]["blocks_done"] == 100);
    CHECK(left["load"]["bytes_a_second"] == 81920.0);
    CHECK(left["load"]["left_seconds"] == 90.0);
    const std::string text = room.tripmig({"swap", "status", "orders"}).out;
    CHECK_MESSAGE(text.find("100 of 1,000 blocks loaded\n0.1 MB/s\n1 min 30 s left\n") != std::string::npos, text);
    CHECK_MESSAGE(text.find("no process works on it; to resume: tripmig swap run public.orders") != std::string::npos,
                  text);
}

TEST_CASE("at the cut-over: whom it waits for, and how often it tried") {
    const SwapFixture room;
    fill_for_writers(room);
    (void)room.swap({"run", "orders", "--strategy", "copy", "--until", "ready"});
    const Connection reader = room.database.connect();
    reader.exec("BEGIN; SELECT count(*) FROM orders");
    SUBCASE("an old transaction is named") {
        room.folder.write("tripmig.toml", "[swap]\nblocker_age = \"1ms\"\n");
        BackgroundCommand work(tripmig_command({"swap", "cutover", "orders", "--strategy", "copy"}),
                               room.surroundings());
        const auto waiting =
            status_when(room, [](const nlohmann::json& status) { return !status["waits_for"].is_null(); });
        CHECK(waiting["waits_for"].get<std::string>().find("pid ") == 0);
        CHECK(waiting["waits_for"].get<std::string>().find("SELECT count(*) FROM orders") != std::string::npos);
        reader.exec("ROLLBACK");
        CHECK(work.wait().exit_code == 0);
    }
    SUBCASE("a young one is tried against") {
        room.folder.write("tripmig.toml", "[swap]\nblocker_age = \"1h\"\nlock_budget = \"20ms\"\n");
        BackgroundCommand work(tripmig_command({"swap", "cutover", "orders", "--strategy", "copy"}),
                               room.surroundings());
        const auto trying = status_when(room, [](const nlohmann::json& status) { return status["attempts"] >= 2; });
        CHECK(trying["stage"] == "ready");
        CHECK(room.tripmig({"swap", "status", "orders"}).out.find(" cut-over attempts did not get the locks") !=
              std::string::npos);
        reader.exec("ROLLBACK");
        CHECK(work.wait().exit_code == 0);
        CHECK(room.swap({"status", "orders"})["attempts"] >= 3);
    }
}

TEST_CASE(
    "a registry has its triggers from the cut-over on: before it none is told as missing, after it one that is off") {
    const SwapFixture room;
    room.database.exec(
        "CREATE TABLE orders (id bigint PRIMARY KEY, at timestamptz NOT NULL DEFAULT now());"
        "CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint REFERENCES orders);"
        "INSERT INTO orders SELECT g, now() - g * interval '1 hour' FROM generate_series(1, 100) AS g");
    std::string strategy = "attach";
    SUBCASE("attach") {
    }
    SUBCASE("copy") {
        strategy = "copy";
    }
    (void)room.swap({"run", "orders", "--strategy", strategy, "--until", "ready"});
    const CommandResult before = room.tripmig({"swap", "status", "orders"});
    CHECK_MESSAGE(before.out.find("registry:") == std::string::npos, before.out);
    const CommandResult compared = room.tripmig({"swap", "verify", "orders"});
    CHECK_MESSAGE(compared.err.find("is missing") == std::string::npos, compared.err);
    (void)room.swap({"cutover", "orders"});
    room.database.exec("ALTER TABLE orders DISABLE TRIGGER orders_ids_truncate");
    const CommandResult after = room.tripmig({"swap", "status", "orders"});
    CHECK_MESSAGE(
        after.out.find("registry: trigger orders_ids_truncate of public.orders is disabled") != std::string::npos,
        after.out);
}
