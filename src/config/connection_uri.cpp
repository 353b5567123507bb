#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "config/connection_forms.hpp"

namespace tripmig::config {

namespace {

const char* const encode_hint =
    "in the user name and the password, write : / @ ? # % and spaces as %3A %2F %40 %3F %23 %25 %20";

std::optional<int> hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return std::nullopt;
}

std::string percent_decoded(std::string_view text, std::string_view part) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        const auto high = i + 2 < text.size() ? hex_digit(text[i + 1]) : std::nullopt;
        const auto low = i + 2 < text.size() ? hex_digit(text[i + 2]) : std::nullopt;
        if (!high || !low || (*high == 0 && *low == 0))
            throw Error(ExitCode::usage,
                        fmt::format("the URL's {} has a % without two hexadecimal digits after it", part),
                        "write % itself as %25");
        decoded += static_cast<char>(*high * 16 + *low);
        i += 2;
    }
    return decoded;
}

/// Takes the front of the text up to one of these characters, which stays.
std::string_view take_until(std::string_view& text, std::string_view stops) {
    const std::size_t end = std::min(text.find_first_of(stops), text.size());
    const std::string_view front = text.substr(0, end);
    text.remove_prefix(end);
    return front;
}

bool take(std::string_view& text, char wanted) {
    if (text.empty() || text.front() != wanted)
        return false;
    text.remove_prefix(1);
    return true;
}

/// user[:password]@, when there is an @ before the first slash.
void take_user(std::string_view& text, ConnectionParameters& parameters) {
    const std::size_t end = text.find_first_of("@/");
    if (end == std::string_view::npos || text[end] != '@')
        return;
    std::string_view login = text.substr(0, end);
    text.remove_prefix(end + 1);
    const std::string user = percent_decoded(take_until(login, ":"), "user");
    if (!user.empty())
        add_parameter(parameters, "user", user);
    if (take(login, ':') && !login.empty())
        add_parameter(parameters, "password", percent_decoded(login, "password"));
}

std::string take_host(std::string_view& text) {
    if (!take(text, '['))
        return percent_decoded(take_until(text, ":/?,"), "host");
    const std::string_view address = take_until(text, "]");
    if (address.empty() || !take(text, ']') ||
        (!text.empty() && std::string_view(":/?,").find(text.front()) == std::string_view::npos))
        throw Error(ExitCode::usage, "the URL's IPv6 address is not written as [address]",
                    "write postgresql://[2001:db8::1]:5432/dbname");
    return std::string(address);
}

/// host[:port][,host[:port]...]. What is wrong here is not said word by word: it may be the end of a password.
void take_hosts(std::string_view& text, ConnectionParameters& parameters) {
    std::string hosts;
    std::string ports;
    bool more = true;
    for (bool first = true; more; first = false) {
        const std::string host = take_host(text);
        if (host.find('@') != std::string::npos)
            throw Error(ExitCode::usage, "the URL has more than one @ before its host", encode_hint);
        const std::string port = take(text, ':') ? percent_decoded(take_until(text, "/?,"), "port") : "";
        hosts += (first ? "" : ",") + host;
        ports += (first ? "" : ",") + port;
        more = take(text, ',');
    }
    if (!hosts.empty())
        add_parameter(parameters, "host", hosts);
    if (ports.find_first_not_of(',') != std::string::npos)
        add_parameter(parameters, "port", ports);
}

/// Its name is not repeated: behind an & it may be the rest of a password.
Error unknown_parameter(const std::string& name, std::size_t part, bool has_at_sign) {
    if (has_at_sign)
        return {ExitCode::usage, "the URL has an unknown parameter after its ?, and an @ after that", encode_hint};
    return {ExitCode::usage, fmt::format("parameter {} after the URL's ? has an unknown name", part),
            parameter_hint(name) + "; write & within a value as %26"};
}

/// libpq reads JDBC's ssl=true as sslmode=require.
void take_parameters(std::string_view text, ConnectionParameters& parameters) {
    std::string_view rest = text;
    std::size_t part = 0;
    while (!rest.empty()) {
        std::string_view pair = take_until(rest, "&");
        take(rest, '&');
        const std::string name = percent_decoded(take_until(pair, "="), "parameter name");
        if (!take(pair, '=') || pair.find('=') != std::string_view::npos)
            throw Error(ExitCode::usage, "the URL has something after its ? that is not name=value",
                        "separate the parts with &; write = and & within a value as %3D and %26");
        const bool is_jdbc_ssl = name == "ssl" && pair == "true";
        ++part;
        if (!is_jdbc_ssl && !is_libpq_parameter(name))
            throw unknown_parameter(name, part, text.find('@') != std::string_view::npos);
        if (is_jdbc_ssl)
            add_parameter(parameters, "sslmode", "require");
        else
            add_parameter(parameters, name, percent_decoded(pair, name));
    }
}

}  // namespace

ConnectionParameters parse_uri(std::string_view text) {
    ConnectionParameters parameters;
    text.remove_prefix(text.find("://") + 3);
    take_user(text, parameters);
    const bool had_user = parameters.count("user") + parameters.count("password") != 0;
    take_hosts(text, parameters);
    if (take(text, '/')) {
        const std::string_view dbname = take_until(text, "?");
        if (!had_user && dbname.find('@') != std::string_view::npos)
            throw Error(ExitCode::usage, "the URL has a / before its @", encode_hint);
        if (!dbname.empty())
            add_parameter(parameters, "dbname", percent_decoded(dbname, "database name"));
    }
    if (take(text, '?'))
        take_parameters(text, parameters);
    return parameters;
}

}  // namespace tripmig::config
