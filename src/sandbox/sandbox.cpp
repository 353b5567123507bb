#include "sandbox/sandbox.hpp"

#include <fmt/format.h>

#include <chrono>
#include <system_error>
#include <utility>

#include "base/error.hpp"
#include "base/start_program.hpp"
#include "sandbox/command_lines.hpp"
#include "sandbox/program.hpp"
#include "sandbox/server_user.hpp"
#include "sandbox/state_file.hpp"
#include "sandbox/supervisor_process.hpp"

namespace tripmig::sandbox {

namespace {

constexpr std::chrono::milliseconds read_again{5};
constexpr std::chrono::seconds patience{120};

bool holds_cluster(const Server& server) {
    return std::filesystem::exists(server.data_directory() / "PG_VERSION");
}

SupervisorOrders make_orders(const Server& server, const std::filesystem::path& from, Lifetime lifetime,
                             std::optional<ServerUser> user) {
    SupervisorOrders orders;
    orders.directory = server.directory;
    orders.make_directory = lifetime == Lifetime::bound;
    orders.die_together = lifetime == Lifetime::bound;
    orders.log_file = server.log_file();
    orders.postgres = postgres_command(server);
    orders.user = std::move(user);
    if (!holds_cluster(server)) {
        orders.make_cluster = from.empty() ? initdb_command(server) : copy_command(server, from);
        orders.remove = remove_command(server);
    }
    return orders;
}

}  // namespace

Sandbox::Sandbox(Server server, Lifetime lifetime, const StopSignal& stop, std::filesystem::path from)
    : m_server(std::move(server)), m_from(std::move(from)) {
    stop.check();
    const std::optional<ServerUser> user = server_user();
    const SupervisorOrders orders = make_orders(m_server, m_from, lifetime, user);
    m_supervisor = std::make_unique<Supervisor>(orders);
    wait_until_ready(stop);
    if (!orders.make_cluster.empty())
        run_as_superuser(m_from.empty() ? bootstrap_sql(m_server) : password_sql(m_server));
    write_state(m_server, user);
}

std::optional<std::string> Sandbox::crash() {
    if (!m_supervisor->next_report(std::chrono::milliseconds(0)))
        return std::nullopt;
    return m_server.log_tail();
}

void Sandbox::wait_until_ready(const StopSignal& stop) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!m_server.is_ready()) {
        stop.check();
        if (const auto report = m_supervisor->next_report(read_again))
            heed(*report);
        if (std::chrono::steady_clock::now() > deadline)
            fail(fmt::format("the server is not ready after {} s", patience.count()));
    }
}

void Sandbox::fail_with_status(const std::string& job, int wait_status) const {
    const int status = shell_status(wait_status);
    if (status == no_access)
        throw Error(ExitCode::refused, fmt::format("the server's user cannot write to {}", m_server.directory.string()),
                    "give every directory above it `chmod a+x`, or use a directory under /tmp");
    fail(fmt::format("{} failed with exit code {}", job, status));
}

void Sandbox::heed(const SupervisorReport& report) const {
    switch (report.job) {
        case SupervisorReport::Job::directory:
            throw Error(ExitCode::refused,
                        fmt::format("cannot create the directory {}: {}", m_server.directory.string(),
                                    std::generic_category().message(report.status)),
                        "use one that does not exist yet, in a writable directory: --dir DIR");
        case SupervisorReport::Job::cluster:
            if (report.status != 0)
                fail_with_status(m_from.empty() ? "initdb" : "the copy", report.status);
            return;
        case SupervisorReport::Job::postgres:
            fail_with_status("the server", report.status);
        case SupervisorReport::Job::supervisor:
            fail("the process that supervises the server has ended");
    }
}

void Sandbox::fail(const std::string& what) const {
    const std::string log = m_server.log_tail();
    throw Error(ExitCode::refused, what, "the lines above are the end of the server's log")
        .with_detail(log.empty() ? "the server wrote no log" : "\n" + log);
}

void Sandbox::run_as_superuser(const std::string& sql) const {
    if (sql.empty())
        return;
    const ProgramResult result =
        run_program({m_server.bindir / "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1",
                     "--host=" + m_server.directory.string(), "--port=" + std::to_string(m_server.port),
                     "--username=postgres", "--dbname=postgres"},
                    sql);
    if (result.status != 0)
        throw Error(ExitCode::refused, "cannot set up role and database `sandbox`").with_detail("\n" + result.output);
}

}  // namespace tripmig::sandbox
