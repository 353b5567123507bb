#include "doctor/connection_checks.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdlib>

#include "sql/identifier.hpp"

namespace tripmig::doctor {

namespace {

bool is_loopback(const std::string& host) {
    return host == "localhost" || host == "::1" || host.rfind("127.", 0) == 0;
}

Check check_tls(const SessionFacts& session) {
    const db::Transport& transport = session.transport;
    Check check{"connection.tls"};
    constexpr const char* remedy =
        "add sslmode=verify-full&sslrootcert=/etc/ssl/certs/ca-certificates.crt to the URL, or the file of your own "
        "authority";
    if (transport.is_socket) {
        check.found = "a Unix socket";
        return check;
    }
    if (!transport.is_encrypted) {
        check.found = fmt::format("not encrypted, to {}", transport.host);
        if (!is_loopback(transport.host))
            check.add(Severity::error, "",
                      fmt::format("the connection to {} is not encrypted: the password and all data can be read on the "
                                  "way (sslmode={})",
                                  transport.host, transport.ssl_mode),
                      remedy);
        return check;
    }
    check.found = fmt::format("{}, sslmode={}, roots {}", transport.protocol, transport.ssl_mode,
                              transport.ssl_roots.empty() ? "~/.postgresql/root.crt" : transport.ssl_roots);
    if (transport.ssl_mode == "verify-ca")
        check.add(Severity::warning, "",
                  "the server's certificate is verified, its name is not: any server of the same authority is accepted",
                  remedy);
    else if (transport.ssl_mode != "verify-full" && !is_loopback(transport.host))
        check.add(
            Severity::warning, "",
            fmt::format("the connection is encrypted, but nobody verified with whom (sslmode={})", transport.ssl_mode),
            remedy);
    return check;
}

/// Faults that partitioned tables meet, and the first minor version of each major one without it.
struct Fault {
    std::string_view what;
    std::array<int, 4> fixed;
};

constexpr std::array faults{
    Fault{"ALTER TABLE ... DETACH PARTITION leaves foreign keys behind that refuse rows, or let wrong ones pass",
          {140014, 150009, 160005, 170001}},
    Fault{"foreign keys of a partitioned table to itself are incomplete", {150013, 160009, 170005, 0}}};

Check check_version(const SessionFacts& session) {
    Check check{"connection.server_version"};
    check.found = session.version_text;
    const int major = session.version / 10000;
    if (major < 14) {
        check.add(Severity::error, "",
                  fmt::format("PostgreSQL {} is older than what tripmig is tested with (14)", major),
                  "upgrade the server");
        return check;
    }
    for (const Fault& fault : faults)
        for (const int fixed : fault.fixed)
            if (fixed / 10000 == major && session.version < fixed)
                check.add(Severity::warning, "",
                          fmt::format("PostgreSQL {} has a known fault: {}", session.version_text, fault.what),
                          fmt::format("install {}.{} or newer: a minor version needs a restart, no dump", major,
                                      fixed % 10000));
    return check;
}

Check check_pooler(const SessionFacts& session) {
    Check check{"connection.pooler"};
    check.found = session.is_pooled ? "a pooler answers" : fmt::format("none seen, port {}", session.transport.port);
    constexpr const char* remedy =
        "set `direct_url` in [database] to the server's own port (Azure: 5432), or `pooler = \"session\"` where it "
        "keeps a server connection for each session";
    if (session.is_pooled && !session.allows_pooler)
        check.add(Severity::warning, "",
                  "a connection pooler stands before the server; in transaction mode it loses the locks that keep two "
                  "runs apart, so commands that write refuse",
                  remedy);
    else if (!session.is_pooled && !session.allows_pooler && session.transport.port == "6432")
        check.add(Severity::warning, "", "port 6432 is usually a pooler's (PgBouncer, as on Azure)", remedy);
    return check;
}

Check check_clock(const SessionFacts& session) {
    Check check{"connection.clock"};
    const auto skew = session.clock_skew.count();
    check.found = skew == 0 ? "equal" : fmt::format("{:.1f} s apart", static_cast<double>(std::llabs(skew)) / 1000);
    if (std::llabs(skew) >= 5000)
        check.add(Severity::warning, "",
                  fmt::format("this machine's clock is {:.1f} s {} the server's",
                              static_cast<double>(std::llabs(skew)) / 1000, skew > 0 ? "ahead of" : "behind"),
                  "see to the time synchronisation of both (chronyc tracking, timedatectl)");
    return check;
}

Check check_role(const SessionFacts& session) {
    Check check{"connection.role"};
    const std::string role = sql::quote_ident(session.role);
    check.found = role;
    if (!session.may_use_state && session.has_state)
        check.add(Severity::error, role, fmt::format("{} has no USAGE on the state schema", role),
                  "run as the role that owns it, or GRANT that role TO this one");
    else if (!session.may_use_state)
        check.add(Severity::error, role, fmt::format("{} can't create the state schema", role),
                  fmt::format("GRANT CREATE ON DATABASE {} TO {}", sql::quote_ident(session.database), role));
    if (session.is_superuser)
        check.add(
            Severity::warning, role,
            fmt::format("{} is a superuser: a migration's mistake has no bounds, and row security none either", role),
            "run as the role that owns the schema");
    else if (!session.sees_statistics)
        check.add(
            Severity::note, role,
            fmt::format("{} is not a member of pg_monitor: most of other roles' sessions, replicas and statements is "
                        "hidden, so the results about them are incomplete",
                        role),
            fmt::format("GRANT pg_monitor TO {}", role));
    return check;
}

Check check_writable(const SessionFacts& session) {
    Check check{"connection.writable"};
    check.found = session.is_standby ? "a standby" : "a primary";
    if (session.is_standby)
        check.add(Severity::note, "", "this server is a standby: it can be looked at, and not changed",
                  "connect to the primary to change something; with several hosts in the URL add "
                  "target_session_attrs=read-write");
    else if (session.is_read_only)
        check.add(Severity::warning, "", "default_transaction_read_only is on for this role, database or server",
                  fmt::format("ALTER ROLE {} RESET default_transaction_read_only, or the same of the database",
                              sql::quote_ident(session.role)));
    return check;
}

}  // namespace

std::vector<Check> check_connection(const SessionFacts& session) {
    Check reachable{"connection.reachable"};
    reachable.found = session.description;
    return {reachable,
            check_tls(session),
            check_version(session),
            check_pooler(session),
            check_clock(session),
            check_role(session),
            check_writable(session)};
}

}  // namespace tripmig::doctor
