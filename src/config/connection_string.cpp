#include "config/connection_string.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "config/characters.hpp"
#include "config/connection_forms.hpp"

namespace tripmig::config {

namespace {

constexpr std::string_view forms =
    "write postgresql://user:password@host:5432/dbname, or host=... dbname=... user=..., or "
    "Server=...;Database=...;User Id=...;Password=...;";

/// "mysql" of "mysql://...": the letters before the first "://", when nothing but letters, digits and +.-: is there.
std::string_view scheme_of(std::string_view text) {
    const std::size_t end = text.find("://");
    constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-:";
    if (end == std::string_view::npos || text.substr(0, end).find_first_not_of(allowed) != std::string_view::npos)
        return {};
    return text.substr(0, end);
}

ConnectionParameters parse_form(std::string_view text) {
    std::string_view scheme = scheme_of(text);
    if (scheme == "jdbc:postgresql") {
        text.remove_prefix(std::string_view("jdbc:").size());
        scheme = "postgresql";
    }
    if (scheme == "postgresql" || scheme == "postgres")
        return parse_uri(text);
    if (!scheme.empty())
        throw Error(ExitCode::usage, fmt::format("{}:// is no URL of a PostgreSQL database", scheme),
                    std::string(forms));
    if (text.find('=') == std::string_view::npos)
        throw Error(ExitCode::usage, "this is no connection string", std::string(forms));
    return looks_like_ado_net(text) ? parse_ado_net(text) : parse_key_value(text);
}

/// As libpq reads it: quotes where a blank or nothing is.
std::string quoted_value(const std::string& value) {
    if (!value.empty() && value.find_first_of(" '\\") == std::string::npos)
        return value;
    std::string quoted = "'";
    for (const char c : value) {
        if (c == '\'' || c == '\\')
            quoted += '\\';
        quoted += c;
    }
    return quoted + "'";
}

}  // namespace

std::map<std::string, std::string> parse_connection_string(std::string_view text) {
    ConnectionParameters parameters = parse_form(trimmed(text));
    check_hosts_and_ports(parameters);
    return parameters;
}

std::string redacted(const std::map<std::string, std::string>& parameters) {
    std::string text;
    for (const char* name : {"service", "host", "hostaddr", "port", "dbname", "user", "sslmode"}) {
        const auto found = parameters.find(name);
        if (found != parameters.end())
            text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, quoted_value(found->second));
    }
    return text.empty() ? "libpq's defaults (PG* variables, local socket)" : text;
}

}  // namespace tripmig::config
