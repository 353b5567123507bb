#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/trimmed.hpp"
#include "config/characters.hpp"
#include "config/connection_forms.hpp"
#include "config/npgsql_keywords.hpp"

namespace tripmig::config {

namespace {

using Meaning = NpgsqlKeyword::Meaning;

/// Backslashes before blanks and backslashes, as the server reads `options` (manual 20.1.4, libpq's `options`).
std::string escaped_option(const std::string& value) {
    std::string escaped;
    for (const char c : value) {
        if (c == ' ' || c == '\\' || c == '\t')
            escaped += '\\';
        escaped += c;
    }
    return escaped;
}

class AdoNetParser {
  public:
    explicit AdoNetParser(std::string_view text) : m_text(text) {}

    ConnectionParameters parse() {
        while (!(m_text = trimmed(m_text)).empty()) {
            if (m_text.front() == ';') {
                m_text.remove_prefix(1);
                continue;
            }
            ++m_part;
            const std::string written = take_keyword();
            const NpgsqlKeyword* const keyword = find_npgsql_keyword(written);
            if (keyword == nullptr)
                throw unknown(written);
            m_has_secret = m_has_secret || keyword->target == "password" || keyword->target == "sslpassword";
            store(*keyword, written, take_value(written));
        }
        finish();
        return m_parameters;
    }

  private:
    /// A word that is no key word may be a piece of a password, wherever it stands: it is not repeated.
    [[nodiscard]] Error unknown(const std::string& written) const {
        const std::string hint = npgsql_hint(written);
        if (!m_has_secret)
            return Error(ExitCode::usage,
                         fmt::format("part {} of the connection string has an unknown keyword", m_part),
                         hint.empty() ? "a connection string with ; has Npgsql's keywords: Server, Port, Database, "
                                        "User Id, Password, SSL Mode, ..."
                                      : hint);
        return Error(
            ExitCode::usage,
            fmt::format("part {} of the connection string, after the password, has an unknown keyword", m_part),
            hint + (hint.empty() ? "" : " ") +
                "put a password that contains ; in double quotes, with \"\" for a quote");
    }

    std::string take_keyword() {
        const std::size_t end = m_text.find_first_of("=;");
        std::string written(trimmed(m_text.substr(0, end)));
        if (end == std::string_view::npos || m_text[end] == ';') {
            if (find_npgsql_keyword(written) == nullptr)
                throw unknown(written);
            throw Error(ExitCode::usage, fmt::format("= is missing after \"{}\" in the connection string", written));
        }
        m_text.remove_prefix(end + 1);
        return written;
    }

    std::string take_value(const std::string& written) {
        m_text = m_text.substr(std::min(m_text.find_first_not_of(" \t\r\n"), m_text.size()));
        if (!m_text.empty() && (m_text.front() == '"' || m_text.front() == '\''))
            return take_quoted(written);
        const std::size_t end = std::min(m_text.find(';'), m_text.size());
        std::string value(trimmed(m_text.substr(0, end)));
        m_text.remove_prefix(end);
        return value;
    }

    std::string take_quoted(const std::string& written) {
        const char quote = m_text.front();
        std::string value;
        for (std::size_t i = 1; i < m_text.size(); ++i) {
            if (m_text[i] != quote) {
                value += m_text[i];
            } else if (i + 1 < m_text.size() && m_text[i + 1] == quote) {
                value += m_text[i++];
            } else {
                m_text = trimmed(m_text.substr(i + 1));
                if (!m_text.empty() && m_text.front() != ';')
                    throw Error(ExitCode::usage,
                                fmt::format("there is text between the closing quote of {} and the next ;", written),
                                "write a quote within quotes twice");
                return value;
            }
        }
        throw Error(ExitCode::usage, fmt::format("the opening quote of {} is not closed", written),
                    "end the value with the same quote");
    }

    void store(const NpgsqlKeyword& keyword, const std::string& written, const std::string& value) {
        const std::string target(keyword.target);
        switch (keyword.meaning) {
            case Meaning::parameter:
                return add_parameter(m_parameters, target, value);
            case Meaning::lower_case:
                return add_parameter(m_parameters, target, lower_case(value));
            case Meaning::host:
                return store_hosts(value);
            case Meaning::ssl_mode:
                return store_ssl_mode(value);
            case Meaning::server_setting:
                return add_options(fmt::format("-c {}={}", target, escaped_option(value)));
            case Meaning::server_options:
                return add_options(value);
            case Meaning::trust:
                m_trust = boolean(written, value);
                return;
            case Meaning::revocation:
                if (boolean(written, value))
                    throw Error(ExitCode::usage, "Check Certificate Revocation=true is not supported",
                                "use a connection URL with libpq's sslcrl=FILE");
                return;
            case Meaning::none:
                return;
        }
    }

    static bool boolean(const std::string& written, const std::string& value) {
        const std::string lower = lower_case(value);
        if (lower == "true" || lower == "yes" || lower == "on" || lower == "1")
            return true;
        if (lower == "false" || lower == "no" || lower == "off" || lower == "0")
            return false;
        throw Error(ExitCode::usage, fmt::format("{} must be true or false", written));
    }

    void store_ssl_mode(const std::string& value) {
        static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> modes{
            {{"disable", "disable"},
             {"allow", "allow"},
             {"prefer", "prefer"},
             {"require", "require"},
             {"verifyca", "verify-ca"},
             {"verify-ca", "verify-ca"},
             {"verifyfull", "verify-full"},
             {"verify-full", "verify-full"}}};
        const std::string lower = lower_case(value);
        for (const auto& [written, libpq] : modes) {
            if (lower == written)
                return add_parameter(m_parameters, "sslmode", std::string(libpq));
        }
        throw Error(ExitCode::usage, "SSL Mode has an invalid value",
                    "use one of Disable, Allow, Prefer, Require, VerifyCA, VerifyFull");
    }

    /// "a,b", "a:5433,b", "/var/run/postgresql", "[2001:db8::1]:5433", "2001:db8::1".
    void store_hosts(const std::string& value) {
        std::vector<std::string> hosts;
        m_host_ports.clear();
        for (std::size_t begin = 0; begin <= value.size();) {
            const std::size_t end = std::min(value.find(',', begin), value.size());
            std::string host(trimmed(std::string_view(value).substr(begin, end - begin)));
            std::string port;
            const std::size_t colon = host.rfind(':');
            const bool bracketed = !host.empty() && host.front() == '[' && host.find(']') != std::string::npos;
            if (bracketed ? colon != std::string::npos && colon == host.find(']') + 1
                          : colon != std::string::npos && host.find(':') == colon && host.front() != '/') {
                port = host.substr(colon + 1);
                host.erase(colon);
            }
            if (host.find_first_of(" \t=") != std::string::npos)
                throw Error(ExitCode::usage, "the host in the connection string contains a space or =",
                            "separate the parts with a semicolon: Server=...;Database=...;");
            hosts.push_back(bracketed ? host.substr(1, host.find(']') - 1) : host);
            m_host_ports.push_back(port);
            begin = end + 1;
        }
        add_parameter(m_parameters, "host", fmt::format("{}", fmt::join(hosts, ",")));
    }

    void add_options(const std::string& options) {
        std::string& all = m_parameters["options"];
        all += (all.empty() ? "" : " ") + options;
    }

    /// A host's own port wins over Port=.
    void finish() {
        const bool any =
            std::any_of(m_host_ports.begin(), m_host_ports.end(), [](const auto& port) { return !port.empty(); });
        if (any) {
            const std::string general = m_parameters.count("port") != 0 ? m_parameters["port"] : "";
            for (std::string& port : m_host_ports)
                port = port.empty() ? general : port;
            add_parameter(m_parameters, "port", fmt::format("{}", fmt::join(m_host_ports, ",")));
        }
        const auto mode = m_parameters.find("sslmode");
        if (m_trust && mode != m_parameters.end() && mode->second.rfind("verify", 0) == 0)
            throw Error(ExitCode::usage,
                        fmt::format("Trust Server Certificate=true contradicts SSL Mode={}", mode->second),
                        "remove one of the two");
    }

    std::string_view m_text;
    ConnectionParameters m_parameters;
    std::vector<std::string> m_host_ports;
    bool m_trust = false;
    bool m_has_secret = false;
    std::size_t m_part = 0;  ///< counted from 1
};

}  // namespace

ConnectionParameters parse_ado_net(std::string_view text) {
    return AdoNetParser(text).parse();
}

}  // namespace tripmig::config
