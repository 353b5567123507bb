// tripmig serve against a real server: what it answers, to how many, and what holds it up.
#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <list>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <thread>

#include "cli/partition/place.hpp"
#include "exposition.hpp"
#include "http_client.hpp"

using namespace tripmig::test;
using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

/// `tripmig serve` on a port of its own.
class Served {
  public:
    Served(const Surroundings& around, std::vector<std::string> more = {}) {
        more.insert(more.begin(), {"serve", "--listen", "127.0.0.1:0", "--refresh", "1s"});
        m_command.emplace(tripmig_command(more), around);
        m_command->wait_for_text("listening on http://127.0.0.1:");
        const std::string said = m_command->err();
        std::smatch found;
        REQUIRE(std::regex_search(said, found, std::regex("http://127\\.0\\.0\\.1:([0-9]+)")));
        m_port = std::stoi(found[1]);
    }

    [[nodiscard]] int port() const { return m_port; }
    [[nodiscard]] HttpAnswer get(const std::string& path, const std::string& method = "GET") const {
        return http_get(m_port, path, method);
    }
    [[nodiscard]] bool becomes(int ready) const {
        return comes_true([&] { return get("/readyz").status == ready; });
    }
    [[nodiscard]] double metric(const std::string& sample) const {
        const auto values = parse_exposition(get("/metrics").body);
        const auto found = values.find(sample);
        return found == values.end() ? -1 : found->second;
    }
    BackgroundCommand& command() { return *m_command; }

    /// How long it takes to end, and that its end is clean.
    milliseconds end(int signal_number = SIGTERM) {
        const auto begin = steady_clock::now();
        m_command->kill(signal_number);
        const CommandResult result = m_command->wait();
        CHECK_MESSAGE(result.exit_code == 0, result.err);
        return std::chrono::duration_cast<milliseconds>(steady_clock::now() - begin);
    }

  private:
    std::optional<BackgroundCommand> m_command;
    int m_port = 0;
};

/// The machine that runs tests is not always quick.
constexpr milliseconds a_second{1000};

std::string sessions_of(const Place& place) {
    return place.database.scalar(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
        "application_name LIKE 'tripmig%'");
}

}  // namespace

TEST_CASE("metrics, document, page and probes") {
    const Place place;
    place.folder.write("migrations/V1__orders.sql", make_orders);
    place.folder.write("migrations/V2__more.sql", "CREATE TABLE more ();");
    place.policy("orders", "orders");
    REQUIRE(run_tripmig({"up", "--to", "1"}, place.surroundings()).exit_code == 0);
    Surroundings around = place.surroundings();
    around.environment["TRIPMIG_REPORT_METRICS_FILE"] = "runs.prom";
    REQUIRE(run_tripmig({"partition", "maintain"}, around).exit_code == 0);
    Served served(around);
    REQUIRE(served.becomes(200));
    CHECK(served.get("/healthz").body == "ok\n");
    const HttpAnswer metrics = served.get("/metrics");
    CHECK(has(metrics.head, "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
    const auto values = parse_exposition(metrics.body);
    CHECK(values.at("tripmig_up") == 1);
    CHECK(values.at("tripmig_migrations_pending") == 1);
    CHECK(values.at("tripmig_partition_ahead{table=\"public.orders\"}") == 2);
    CHECK(values.at("tripmig_last_run_exit_code{command=\"partition maintain\"}") == 0);
    CHECK(values.at("tripmig_partition_last_success_timestamp_seconds{table=\"public.orders\"}") > 1.7e9);
    const json document = json::parse(served.get("/status.json").body);
    CHECK(document["up"] == true);
    CHECK(document["migrations"]["pending"] == 1);
    CHECK(has(served.get("/").body, "<html lang=\"en\">"));
    CHECK(has(served.get("/?lang=ko").body, "<html lang=\"ko\">"));
    CHECK(served.get("/", "HEAD").body.empty());
    CHECK(served.get("/", "POST").status == 405);
    CHECK(served.get("/../etc/passwd").status == 404);
    CHECK(served.end() < a_second);
}

TEST_CASE("what changes in the database is seen after a refresh, and the database is read once however many ask") {
    const Place place;
    place.folder.write("migrations/.keep", "");
    place.folder.write("tripmig.toml", "[migrations]\nallow_empty = true\n[serve]\nlanguage = \"ko\"\n");
    Served served(place.surroundings());
    REQUIRE(served.becomes(200));
    CHECK(served.metric("tripmig_migrations_pending") == 0);
    CHECK(has(served.get("/").body, "<html lang=\"ko\">"));
    const double reads_before = served.metric("tripmig_read_timestamp_seconds");
    const auto begin = steady_clock::now();
    std::set<double> reads;
    while (steady_clock::now() - begin < milliseconds(1500))
        reads.insert(served.metric("tripmig_read_timestamp_seconds"));
    CHECK(reads.size() <= 3);
    place.folder.write("migrations/V1__a.sql", "CREATE TABLE a ();");
    CHECK(comes_true([&] { return served.metric("tripmig_migrations_pending") == 1; }));
    CHECK(served.metric("tripmig_read_timestamp_seconds") > reads_before);
}

TEST_CASE("fifty clients at once are all answered") {
    const Place place;
    place.folder.write("migrations/V1__a.sql", "CREATE TABLE a ();");
    const Served served(place.surroundings());
    REQUIRE(served.becomes(200));
    std::list<HttpConnection> clients;
    for (int i = 0; i < 50; ++i)
        clients.emplace_back(served.port());
    for (const HttpConnection& client : clients)
        client.send(&client == &clients.front() ? "GET / HTTP/1.1\r\n\r\n"
                                                : "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
    for (const HttpConnection& client : clients)
        CHECK(parse_answer(client.receive_all()).status == 200);
    CHECK(std::stoi(sessions_of(place)) <= 4);
}

TEST_CASE("slow, silent, rude and half-open clients hold nobody up, nor the end") {
    const Place place;
    place.folder.write("migrations/V1__a.sql", "CREATE TABLE a ();");
    Served served(place.surroundings());
    REQUIRE(served.becomes(200));
    std::list<HttpConnection> clients;
    for (int i = 0; i < 300; ++i)  // more than it keeps
        clients.emplace_back(served.port());
    clients.back().send("GET /met");
    HttpConnection& unread = clients.emplace_back(served.port());
    unread.send("GET / HTTP/1.1\r\n\r\n");
    HttpConnection(served.port()).send("GET / HTTP/1.1\r\n\r\n");  // gone before the answer
    HttpConnection(served.port()).send(std::string("\0\xFF\r\n\r\n", 6));
    const HttpConnection endless(served.port());
    endless.send("GET /" + std::string(20'000, 'a'));
    CHECK(parse_answer(endless.receive_all()).status == 431);
    const auto begin = steady_clock::now();
    CHECK(served.get("/metrics").status == 200);
    CHECK(steady_clock::now() - begin < a_second);
    clients.back().send("GET /metrics HTTP/1.1\r\n");
    CHECK(served.end(SIGINT) < a_second);
}

TEST_CASE("a server that goes and comes back: outdated in between, and read again") {
    const TemporaryFolder folder;
    std::filesystem::permissions(folder.path(), std::filesystem::perms::others_exec,
                                 std::filesystem::perm_options::add);
    folder.write("migrations/V1__a.sql", "CREATE TABLE a ();");
    const std::string directory = folder.path() / "db";
    const auto sandbox = [&](const std::string& what) {
        const CommandResult result = run_tripmig({"sandbox", what, "--dir", directory});
        REQUIRE_MESSAGE(result.exit_code == 0, result.err);
        return result.out.substr(0, result.out.find('\n'));
    };
    const std::string url = sandbox("start");
    {
        Served served({{{"DATABASE_URL", url}}, folder.path(), {}});
        REQUIRE(served.becomes(200));
        CHECK(served.metric("tripmig_up") == 1);
        sandbox("stop");
        CHECK(served.becomes(503));
        CHECK(served.get("/healthz").status == 200);
        CHECK(served.metric("tripmig_up") == 0);
        CHECK(served.metric("tripmig_migrations_pending") == 1);  // as it was last seen
        const json document = json::parse(served.get("/status.json").body);
        CHECK(document["up"] == false);
        CHECK(document["outdated_because"].is_string());
        CHECK(document["migrations"]["pending"] == 1);
        CHECK(has(served.get("/").body, "Outdated"));
        CHECK(sandbox("start") == url);
        CHECK(served.becomes(200));
        CHECK(served.metric("tripmig_up") == 1);
        CHECK_FALSE(has(served.get("/").body, "Outdated"));
        CHECK(has(served.command().err(), "can be read again"));
        CHECK(served.end() < a_second);
    }
    sandbox("stop");
}

TEST_CASE(
    "without a server from the start it waits for one; a server that does not answer does not keep it from ending") {
    const TemporaryFolder folder;
    folder.write("migrations/V1__a.sql", "CREATE TABLE a ();");
    {
        Served served({{{"DATABASE_URL", "postgresql://x@127.0.0.1:1/x"}}, folder.path(), {}});
        CHECK(served.get("/readyz").status == 503);
        CHECK(served.metric("tripmig_up") == 0);
        CHECK(served.get("/").status == 200);
        CHECK(json::parse(served.get("/status.json").body)["migrations"].is_null());
        CHECK(served.end() < a_second);
    }
    const int silent = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    REQUIRE(::bind(silent, reinterpret_cast<sockaddr*>(&address), length) == 0);
    REQUIRE(::listen(silent, 5) == 0);
    REQUIRE(::getsockname(silent, reinterpret_cast<sockaddr*>(&address), &length) == 0);
    Served served({{{"DATABASE_URL", "postgresql://x@127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/x"}},
                   folder.path(),
                   {}});
    CHECK(served.get("/readyz").status == 503);
    CHECK(served.end() < a_second);
    ::close(silent);
}

TEST_CASE("an address that is taken, or is none, is told before anything is read") {
    const Place place;
    const Served served(place.surroundings());
    const CommandResult taken =
        run_tripmig({"serve", "--listen", "127.0.0.1:" + std::to_string(served.port())}, place.surroundings());
    CHECK(taken.exit_code == 12);
    CHECK(has(taken.err, "Address already in use"));
    CHECK(run_tripmig({"serve", "--listen", "nine"}, place.surroundings()).exit_code == 2);
    CHECK(run_tripmig({"serve", "--refresh", "10ms"}, place.surroundings()).exit_code == 2);
    CHECK(run_tripmig({"serve", "--refresh", "soon"}, place.surroundings()).exit_code == 2);
    place.folder.write("tripmig.toml", "[serve]\nlisten = \"127.0.0.1:0\"\nrefesh = \"1s\"\n");
    const CommandResult misspelled = run_tripmig({"serve"}, place.surroundings());
    CHECK(misspelled.exit_code == 2);
    CHECK(has(misspelled.err, "did you mean refresh?"));
}
