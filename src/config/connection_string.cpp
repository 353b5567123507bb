#include "config/connection_string.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/trimmed.hpp"
#include "config/connection_forms.hpp"
#include "config/npgsql_keywords.hpp"

namespace tripmig::config {

namespace {

constexpr std::string_view known_forms =
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

/// Only a scheme that is known by name is repeated: anything may stand before "://" by mistake.
std::string shown_scheme(std::string_view scheme) {
    constexpr std::array<std::string_view, 16> known{
        "pgsql",  "psql",  "mysql", "mariadb", "sqlserver", "mssql",       "oracle",     "mongodb",
        "sqlite", "redis", "http",  "https",   "file",      "cockroachdb", "jdbc:mysql", "jdbc:sqlserver"};
    const bool is_known = std::find(known.begin(), known.end(), scheme) != known.end();
    return is_known ? fmt::format("{}://", scheme) : "this";
}

/// The place after the quoted text that begins at `begin`. A quote within it is doubled in ADO.NET's form and has a
/// backslash before it in libpq's.
std::size_t end_of_quoted(std::string_view text, std::size_t begin, bool backslash_escapes) {
    const char quote = text[begin];
    for (std::size_t i = begin + 1; i < text.size(); ++i) {
        const bool has_next = i + 1 < text.size();
        if ((text[i] == '\\' && backslash_escapes) || (text[i] == quote && has_next && text[i + 1] == quote))
            ++i;
        else if (text[i] == quote)
            return i + 1;
    }
    return text.size();
}

/// The place after the first value: its `;`, the blank after it, or the end.
std::size_t end_of_first_value(std::string_view text, bool backslash_escapes) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n", text.find('=') + 1);
    if (begin == std::string_view::npos)
        return text.size();
    const bool quoted = text[begin] == '"' || text[begin] == '\'';
    const std::size_t end = quoted ? text.find_first_not_of(" \t\r\n", end_of_quoted(text, begin, backslash_escapes))
                                   : text.find_first_of("; \t\r\n", begin);
    return std::min(end, text.size());
}

/// Does the text begin with a word and an `=`, so that it is the next pair of libpq's form?
bool begins_with_pair(std::string_view text) {
    text = trimmed(text);
    const std::size_t end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_");
    return end != 0 && end != std::string_view::npos && text[end] == '=';
}

/// What follows the first `;`: nothing more, or a key word of Npgsql's? A password of libpq's form may have a ; in it.
bool begins_with_keyword(std::string_view text) {
    text = text.substr(std::min(text.find_first_not_of("; \t\r\n"), text.size()));
    return text.empty() || find_npgsql_keyword(trimmed(text.substr(0, text.find('=')))) != nullptr;
}

/// Is this an ADO.NET string, rather than libpq's key=value? Both begin with a word and an `=`; what comes after the
/// first value tells.
bool looks_like_ado_net(std::string_view text) {
    const std::string_view first = trimmed(text.substr(0, text.find('=')));
    const bool is_libpq_word = is_libpq_parameter(first);
    const std::size_t end = end_of_first_value(text, is_libpq_word);
    if (end < text.size() && text[end] == ';')
        return first != "password" || begins_with_keyword(text.substr(end));
    if (end < text.size() && begins_with_pair(text.substr(end)))
        return false;
    return find_npgsql_keyword(first) != nullptr && !is_libpq_word;
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
        throw Error(ExitCode::usage, fmt::format("{} is not a PostgreSQL URL", shown_scheme(scheme)),
                    std::string(known_forms));
    if (text.find('=') == std::string_view::npos)
        throw Error(ExitCode::usage, "this is not a valid connection string", std::string(known_forms));
    return looks_like_ado_net(text) ? parse_ado_net(text) : parse_key_value(text);
}

/// With backslashes before quotes and backslashes, as libpq reads it.
std::string quoted(const std::string& value) {
    std::string quoted = "'";
    for (const char c : value) {
        if (c == '\'' || c == '\\')
            quoted += '\\';
        quoted += c;
    }
    return quoted + "'";
}

/// For people: quotes where a blank or nothing is.
std::string quoted_where_needed(const std::string& value) {
    const bool is_plain = !value.empty() && value.find_first_of(" '\\") == std::string::npos;
    return is_plain ? value : quoted(value);
}

}  // namespace

std::map<std::string, std::string> parse_connection_string(std::string_view text) {
    ConnectionParameters parameters = parse_form(trimmed(text));
    check_hosts_and_ports(parameters);
    return parameters;
}

std::string connection_string(const std::map<std::string, std::string>& parameters) {
    std::string text;
    for (const auto& [key, value] : parameters)
        text += fmt::format("{}{}={}", text.empty() ? "" : " ", key, quoted(value));
    return text;
}

std::string redacted(const std::map<std::string, std::string>& parameters) {
    std::string text;
    for (const char* name : {"service", "host", "hostaddr", "port", "dbname", "user", "sslmode"}) {
        const auto found = parameters.find(name);
        if (found != parameters.end())
            text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, quoted_where_needed(found->second));
    }
    return text.empty() ? "libpq's defaults (PG* variables, local socket)" : text;
}

}  // namespace tripmig::config
