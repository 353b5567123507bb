#include "config/npgsql_keywords.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/nearest.hpp"
#include "config/characters.hpp"

namespace tripmig::config {

namespace {

using Meaning = NpgsqlKeyword::Meaning;

constexpr std::array meaningful{
    NpgsqlKeyword{"host", Meaning::host, "host"},
    NpgsqlKeyword{"server", Meaning::host, "host"},
    NpgsqlKeyword{"port", Meaning::parameter, "port"},
    NpgsqlKeyword{"database", Meaning::parameter, "dbname"},
    NpgsqlKeyword{"db", Meaning::parameter, "dbname"},
    NpgsqlKeyword{"username", Meaning::parameter, "user"},
    NpgsqlKeyword{"userid", Meaning::parameter, "user"},
    NpgsqlKeyword{"user", Meaning::parameter, "user"},
    NpgsqlKeyword{"uid", Meaning::parameter, "user"},
    NpgsqlKeyword{"password", Meaning::parameter, "password"},
    NpgsqlKeyword{"pwd", Meaning::parameter, "password"},
    NpgsqlKeyword{"psw", Meaning::parameter, "password"},
    NpgsqlKeyword{"passfile", Meaning::parameter, "passfile"},
    NpgsqlKeyword{"timeout", Meaning::parameter, "connect_timeout"},
    NpgsqlKeyword{"applicationname", Meaning::parameter, "application_name"},
    NpgsqlKeyword{"clientencoding", Meaning::parameter, "client_encoding"},
    NpgsqlKeyword{"sslmode", Meaning::ssl_mode, "sslmode"},
    NpgsqlKeyword{"sslnegotiation", Meaning::lower_case, "sslnegotiation"},
    NpgsqlKeyword{"sslcertificate", Meaning::parameter, "sslcert"},
    NpgsqlKeyword{"clientcertificate", Meaning::parameter, "sslcert"},
    NpgsqlKeyword{"sslkey", Meaning::parameter, "sslkey"},
    NpgsqlKeyword{"clientcertificatekey", Meaning::parameter, "sslkey"},
    NpgsqlKeyword{"sslpassword", Meaning::parameter, "sslpassword"},
    NpgsqlKeyword{"rootcertificate", Meaning::parameter, "sslrootcert"},
    NpgsqlKeyword{"trustservercertificate", Meaning::trust, ""},
    NpgsqlKeyword{"checkcertificaterevocation", Meaning::revocation, ""},
    NpgsqlKeyword{"channelbinding", Meaning::lower_case, "channel_binding"},
    NpgsqlKeyword{"gssencryptionmode", Meaning::lower_case, "gssencmode"},
    NpgsqlKeyword{"requireauth", Meaning::lower_case, "require_auth"},
    NpgsqlKeyword{"kerberosservicename", Meaning::parameter, "krbsrvname"},
    NpgsqlKeyword{"krbsrvname", Meaning::parameter, "krbsrvname"},
    NpgsqlKeyword{"targetsessionattributes", Meaning::lower_case, "target_session_attrs"},
    NpgsqlKeyword{"searchpath", Meaning::server_setting, "search_path"},
    NpgsqlKeyword{"timezone", Meaning::server_setting, "TimeZone"},
    NpgsqlKeyword{"options", Meaning::server_options, "options"},
};

/// What governs Npgsql's own pool, buffers, logs and cancellations. A connection string that a .NET service shares with
/// tripmig may have them, and there is nothing here that they could govern.
constexpr std::array<std::string_view, 44> without_meaning{"pooling",
                                                           "minimumpoolsize",
                                                           "minpoolsize",
                                                           "maximumpoolsize",
                                                           "maxpoolsize",
                                                           "connectionidlelifetime",
                                                           "connectionpruninginterval",
                                                           "connectionlifetime",
                                                           "loadbalancetimeout",
                                                           "noresetonclose",
                                                           "multiplexing",
                                                           "writecoalescingbufferthresholdbytes",
                                                           "commandtimeout",
                                                           "internalcommandtimeout",
                                                           "cancellationtimeout",
                                                           "keepalive",
                                                           "tcpkeepalive",
                                                           "tcpkeepalivetime",
                                                           "tcpkeepaliveinterval",
                                                           "maxautoprepare",
                                                           "autoprepareminusages",
                                                           "useperfcounters",
                                                           "readbuffersize",
                                                           "writebuffersize",
                                                           "socketreceivebuffersize",
                                                           "socketsendbuffersize",
                                                           "hostrecheckseconds",
                                                           "loadbalancehosts",
                                                           "enlist",
                                                           "encoding",
                                                           "eftemplatedatabase",
                                                           "efadmindatabase",
                                                           "loadtablecomposites",
                                                           "arraynullabilitymode",
                                                           "servercompatibilitymode",
                                                           "persistsecurityinfo",
                                                           "includeerrordetail",
                                                           "includeerrordetails",
                                                           "includefailedbatchedcommand",
                                                           "logparameters",
                                                           "integratedsecurity",
                                                           "includerealm",
                                                           "usesslstream",
                                                           "convertinfinitydatetime"};

std::string normalised(std::string_view written) {
    std::string name;
    for (const char c : lower_case(written)) {
        if (c != ' ' && c != '_' && c != '\t')
            name += c;
    }
    return name;
}

/// "trustservercertificate" is hard to read in a hint: the key words that people type, as the provider's manual spells
/// them.
constexpr std::array<std::string_view, 21> spelled{"Host",
                                                   "Server",
                                                   "Port",
                                                   "Database",
                                                   "Username",
                                                   "User Id",
                                                   "User Name",
                                                   "Password",
                                                   "Passfile",
                                                   "Timeout",
                                                   "Application Name",
                                                   "Client Encoding",
                                                   "SSL Mode",
                                                   "SSL Certificate",
                                                   "SSL Key",
                                                   "Root Certificate",
                                                   "Trust Server Certificate",
                                                   "Search Path",
                                                   "Target Session Attributes",
                                                   "Command Timeout",
                                                   "Maximum Pool Size"};

}  // namespace

const NpgsqlKeyword* find_npgsql_keyword(std::string_view written) {
    static constexpr NpgsqlKeyword no_meaning{"", Meaning::none, ""};
    const std::string name = normalised(written);
    const auto found = std::find_if(meaningful.begin(), meaningful.end(),
                                    [&](const NpgsqlKeyword& keyword) { return keyword.name == name; });
    if (found != meaningful.end())
        return found;
    const bool known = std::find(without_meaning.begin(), without_meaning.end(), name) != without_meaning.end();
    return known ? &no_meaning : nullptr;
}

std::string npgsql_hint(std::string_view written) {
    std::vector<std::string> names;
    names.reserve(spelled.size());
    for (const std::string_view name : spelled)
        names.push_back(normalised(name));
    const std::string meant = nearest(normalised(written.substr(0, 64)), names);
    const auto found = std::find(names.begin(), names.end(), meant);
    return found == names.end()
               ? std::string()
               : fmt::format("did you mean {}?", spelled.at(static_cast<std::size_t>(found - names.begin())));
}

}  // namespace tripmig::config
