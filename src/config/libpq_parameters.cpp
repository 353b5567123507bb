#include "config/libpq_parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "base/nearest.hpp"
#include "config/characters.hpp"

namespace tripmig::config {

namespace {

struct Parameter {
    std::string_view name;
    std::string_view choices;  ///< what the value may be, parted by blanks; empty: libpq will tell
};

/// The server's own version of libpq decides in the end: 16 to 18 know more than 15.
constexpr std::array<Parameter, 46> known_parameters{{
    {"service", ""},
    {"servicefile", ""},
    {"user", ""},
    {"password", ""},
    {"passfile", ""},
    {"channel_binding", "disable prefer require"},
    {"connect_timeout", ""},
    {"dbname", ""},
    {"host", ""},
    {"hostaddr", ""},
    {"port", ""},
    {"client_encoding", ""},
    {"options", ""},
    {"application_name", ""},
    {"fallback_application_name", ""},
    {"keepalives", "0 1"},
    {"keepalives_idle", ""},
    {"keepalives_interval", ""},
    {"keepalives_count", ""},
    {"tcp_user_timeout", ""},
    {"sslmode", "disable allow prefer require verify-ca verify-full"},
    {"sslnegotiation", "postgres direct"},
    {"sslcompression", "0 1"},
    {"sslcert", ""},
    {"sslkey", ""},
    {"sslkeylogfile", ""},
    {"sslpassword", ""},
    {"sslcertmode", "disable allow require"},
    {"sslrootcert", ""},
    {"sslcrl", ""},
    {"sslcrldir", ""},
    {"sslsni", "0 1"},
    {"requirepeer", ""},
    {"require_auth", ""},
    {"ssl_min_protocol_version", "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3"},
    {"ssl_max_protocol_version", "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3"},
    {"gssencmode", "disable prefer require"},
    {"gssdelegation", "0 1"},
    {"krbsrvname", ""},
    {"gsslib", ""},
    {"min_protocol_version", ""},
    {"max_protocol_version", ""},
    {"scram_client_key", ""},
    {"scram_server_key", ""},
    {"target_session_attrs", "any read-write read-only primary standby prefer-standby"},
    {"load_balance_hosts", "disable random"},
}};

const Parameter* find_parameter(std::string_view name) {
    const auto found = std::find_if(known_parameters.begin(), known_parameters.end(),
                                    [&](const Parameter& parameter) { return parameter.name == name; });
    return found == known_parameters.end() ? nullptr : found;
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (true) {
        const std::size_t end = std::min(text.find(separator), text.size());
        parts.emplace_back(text.substr(0, end));
        if (end == text.size())
            return parts;
        text.remove_prefix(end + 1);
    }
}

bool is_port(const std::string& text) {
    int port = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, failure] = std::from_chars(text.data(), end, port);
    return failure == std::errc{} && rest == end && port >= 1 && port <= 65535;
}

bool is_integer(const std::string& text) {
    int number = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, failure] = std::from_chars(text.data(), end, number);
    return failure == std::errc{} && rest == end;
}

/// libpq repeats the value of each of these in its own message when it is no number.
bool is_numeric(std::string_view name) {
    constexpr std::array<std::string_view, 5> names{"connect_timeout", "keepalives_idle", "keepalives_interval",
                                                    "keepalives_count", "tcp_user_timeout"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Does the value go on as a connection string does: `;Password=...`, `&password=...`, ` password=...`?
bool continues_as_connection_string(std::string_view value) {
    const std::size_t separator = value.find_first_of(";,&? \t\r\n");
    return value.find("://") != std::string_view::npos ||
           (separator != std::string_view::npos && value.find('=', separator) != std::string_view::npos);
}

/// Folders, `options` and application_name may have blanks and = in them: there only a password's own key word tells.
bool names_password(std::string_view value) {
    const std::size_t separator = value.find_first_of(";,&? \t\r\n");
    if (separator == std::string_view::npos)
        return false;
    const std::string rest = lower_case(value.substr(separator));
    return rest.find("passw") != std::string::npos || rest.find("pwd") != std::string::npos;
}

/// Our messages show host, user and database, and so do libpq's and the server's. A missing separator puts the rest of
/// the connection string, the password in it, into one of them.
void refuse_run_on_value(const Parameter& parameter, const std::string& value) {
    if (parameter.name == "password" || parameter.name == "sslpassword")
        return;
    constexpr std::array<std::string_view, 4> names{"service", "user", "dbname", "hostaddr"};
    const bool is_host = parameter.name == "host" && value.front() != '/';  // else a folder, of any name
    const bool is_shown =
        is_host || is_numeric(parameter.name) || std::find(names.begin(), names.end(), parameter.name) != names.end();
    if (names_password(value) || (is_shown && continues_as_connection_string(value)) ||
        (is_host && value.find_first_of("=;") != std::string::npos))
        throw Error(ExitCode::usage,
                    fmt::format("the value of {} seems to contain the rest of the connection string", parameter.name),
                    "separate the parts in one way: spaces after key=value, ; after Key=Value, or ? and & in a URL");
}

void check_value(const Parameter& parameter, const std::string& value) {
    if (value.empty())
        return;  // libpq takes an empty value for the default
    refuse_run_on_value(parameter, value);
    if (is_numeric(parameter.name) && !is_integer(value))
        throw Error(ExitCode::usage, fmt::format("the value of {} is not an integer", parameter.name));
    if (value.find('\0') != std::string::npos)
        throw Error(ExitCode::usage, fmt::format("the value of {} contains a zero byte", parameter.name));
    if (parameter.name == "port") {
        for (const std::string& port : split(value, ',')) {
            if (!port.empty() && !is_port(port))
                throw Error(ExitCode::usage, "the port is not a number from 1 to 65535",
                            "in a URL, write : / @ ? # % in the user name or the password as %3A %2F %40 %3F %23 %25");
        }
    }
    const std::vector<std::string> choices = split(parameter.choices, ' ');
    if (!parameter.choices.empty() && std::find(choices.begin(), choices.end(), value) == choices.end())
        throw Error(ExitCode::usage, fmt::format("{} has an invalid value", parameter.name),
                    fmt::format("use one of {}", fmt::join(choices, ", ")));
}

}  // namespace

bool is_libpq_parameter(std::string_view name) {
    return find_parameter(name) != nullptr;
}

namespace {

struct Foreign {
    std::string_view name;
    std::string_view hint;
};

/// What the URLs of other drivers and tools have, and what says the same here.
constexpr std::array<Foreign, 12> foreign_parameters{{
    {"search_path", "write options=-c%20search_path%3Dapp in the URL, or ALTER ROLE ... SET search_path once"},
    {"schema", "that is Prisma's; write options=-c%20search_path%3Dapp, or ALTER ROLE ... SET search_path once"},
    {"currentSchema", "that is JDBC's; write options=-c%20search_path%3Dapp, or ALTER ROLE ... SET search_path once"},
    {"x-migrations-table",
     "that is golang-migrate's; remove it: tripmig's history is the table migrations of `schema` in [state], and "
     "`tripmig adopt --table NAME` reads the old one"},
    {"x-migrations-table-quoted", "that is golang-migrate's; remove it"},
    {"x-multi-statement", "that is golang-migrate's; remove it: tripmig runs every statement by itself"},
    {"x-statement-timeout", "that is golang-migrate's; write `-- tripmig: statement_timeout=10min` in the file"},
    {"x-lock-strategy", "that is golang-migrate's; remove it: `run_lock_wait` in [migrations] is for the run lock"},
    {"statement_timeout", "write options=-c%20statement_timeout%3D60000 in the URL"},
    {"lock_timeout", "set `lock_timeout` in [migrations] of tripmig.toml"},
    {"pgbouncer", "remove it: a pooler is detected, or set by `pooler` in [database]"},
    {"connection_limit", "that is Prisma's; remove it"},
}};

}  // namespace

std::string parameter_hint(std::string_view name) {
    for (const Foreign& foreign : foreign_parameters)
        if (foreign.name == name)
            return std::string(foreign.hint);
    std::vector<std::string> names;
    names.reserve(known_parameters.size());
    for (const Parameter& parameter : known_parameters)
        names.emplace_back(parameter.name);
    const std::string meant = nearest(name.substr(0, 64), names);
    return meant.empty() ? "section 34.1.2 of PostgreSQL's manual lists libpq's parameters"
                         : fmt::format("did you mean {}?", meant);
}

void add_parameter(ConnectionParameters& parameters, const std::string& name, const std::string& value) {
    const Parameter* const parameter = find_parameter(name);
    if (parameter == nullptr)
        throw Error(ExitCode::usage, "the connection string has an unknown parameter", parameter_hint(name));
    check_value(*parameter, value);
    parameters[name] = value;
}

void check_hosts_and_ports(const ConnectionParameters& parameters) {
    const auto count = [&](const std::string& name) -> std::size_t {
        const auto found = parameters.find(name);
        return found == parameters.end() || found->second.empty() ? 0 : split(found->second, ',').size();
    };
    const std::size_t hosts = std::max(count("host"), count("hostaddr"));
    const std::size_t ports = count("port");
    if (ports > 1 && ports != std::max<std::size_t>(hosts, 1))
        throw Error(ExitCode::usage, fmt::format("the connection string has {} ports for {} hosts", ports, hosts),
                    "write one port for all hosts, or one for each");
}

}  // namespace tripmig::config
