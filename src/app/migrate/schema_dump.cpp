#include "app/migrate/schema_dump.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "base/child_process.hpp"
#include "base/error.hpp"
#include "config/connection_string.hpp"
#include "db/connection.hpp"
#include "db/connection_parameters.hpp"
#include "db/server_error.hpp"
#include "sql/identifier.hpp"

namespace tripmig::app {

namespace {

std::string find_pg_dump(const Context& context, int server_version) {
    const auto chosen = context.environment.find("PG_BINDIR");
    if (chosen != context.environment.end() && !chosen->second.empty())
        return chosen->second + "/pg_dump";
    const std::string of_server = fmt::format("/usr/lib/postgresql/{}/bin/pg_dump", server_version / 10000);
    return ::access(of_server.c_str(), X_OK) == 0 ? of_server : "pg_dump";
}

/// Everybody on the machine can read a program's arguments: the password goes by the environment.
void take_password(std::map<std::string, std::string>& parameters, std::map<std::string, std::string>& environment) {
    if (parameters.count("sslpassword") != 0)
        throw Error(ExitCode::refused, "pg_dump accepts sslpassword only where every user of this machine can read it",
                    "use a client key without a password for this, in a file that only you can read");
    const auto password = parameters.find("password");
    if (password == parameters.end())
        return;
    environment["PGPASSWORD"] = password->second;
    parameters.erase(password);
}

Error failed(const ChildEnd& end, const std::string& program, db::Connection& connection) {
    if (end.status == 127)
        return {ExitCode::refused, fmt::format("{} was not found", program),
                "install it (apt-get install postgresql-client), or set PG_BINDIR=/usr/lib/postgresql/15/bin"};
    const bool has_encoding =
        connection.execute("SELECT pg_catalog.current_setting('server_encoding') <> 'SQL_ASCII'").flag();
    if (!has_encoding)
        return Error(ExitCode::refused,
                     fmt::format("{} failed on a database with encoding SQL_ASCII, which can contain names that are "
                                 "not valid UTF-8",
                                 program),
                     "rename the objects that it names, or move the data to a database with encoding UTF8")
            .with_detail(db::without_line_end(end.err));
    return Error(ExitCode::unexpected, fmt::format("{} failed with exit code {}", program, end.status),
                 "pg_dump must have the server's version or a newer one, and the role must be able to read every "
                 "table, because pg_dump locks each one")
        .with_detail(db::without_line_end(end.err));
}

}  // namespace

std::string stable_dump(std::string_view text) {
    std::string result;
    std::string closing;  // the \unrestrict that belongs to the \restrict above
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
        const std::string_view line = text.substr(at, end - at);
        at = end;
        constexpr std::string_view restriction = "\\restrict ";
        const bool is_head = result.find("\nSET ") == std::string::npos;
        if (is_head && line.substr(0, restriction.size()) == restriction)
            closing = "\\unrestrict " + std::string(line.substr(restriction.size()));
        else if (is_head &&
                 (line.find("-- Dumped from database version ") == 0 || line.find("-- Dumped by pg_dump ") == 0))
            continue;
        else if (closing.empty() || line != closing)
            result += line;
    }
    result.erase(result.find_last_not_of('\n') + 1);
    result.erase(0, std::min(result.find_first_not_of('\n'), result.size()));
    return result + "\n";
}

namespace {

/// pg_dump takes these settings over from the role: the text would not be the same for everybody. Empty where there is
/// nothing to say, since some poolers refuse `options`.
std::string options_against_role(db::Connection& connection) {
    const db::Row settings =
        connection
            .execute(
                "SELECT pg_catalog.current_setting('quote_all_identifiers') AS quote_all_identifiers, "
                "pg_catalog.current_setting('standard_conforming_strings') AS standard_conforming_strings")
            .row();
    std::string options;
    if (settings.text("quote_all_identifiers") == "on")
        options += " -c quote_all_identifiers=off";
    if (settings.text("standard_conforming_strings") == "off")
        options += " -c standard_conforming_strings=on";
    return options;
}

}  // namespace

std::string dump_schema(const Context& context, const DumpContent& content) {
    const config::DatabaseConfig database = db::direct_connection(context.config.database);
    db::Connection connection(database, "dump", context.reporter, context.stop, db::SessionSettings::of_role);
    const int version = connection.server_version();
    std::map<std::string, std::string> parameters = db::connection_parameters(database, "dump");
    std::map<std::string, std::string> variables = context.environment;
    if (const std::string options = options_against_role(connection); !options.empty()) {
        const auto given = variables.find("PGOPTIONS");
        std::string& all =
            parameters.try_emplace("options", given == variables.end() ? "" : given->second).first->second;
        all += options;
    }
    take_password(parameters, variables);
    std::vector<std::string> environment;
    for (const auto& [name, value] : variables)
        environment.push_back(name + "=" + value);
    const std::string program = find_pg_dump(context, version);
    const auto dump = [&](const std::vector<std::string>& what) {
        ChildOrders orders;
        orders.arguments = {program, "--no-password"};
        orders.arguments.insert(orders.arguments.end(), what.begin(), what.end());
        if (!content.with_owners)
            orders.arguments.emplace_back("--no-owner");
        orders.arguments.push_back("--dbname=" + config::connection_string(parameters));
        orders.environment = environment;
        const ChildEnd end = run_child(orders);
        context.stop.check();
        if (end.status != 0 || end.out.empty())
            throw failed(end, program, connection);
        return stable_dump(end.out);
    };
    const std::string state = sql::quote_ident(context.config.state.schema);
    if (!content.with_history)
        return dump({"--schema-only", "--exclude-schema=" + state});
    const std::string schema = dump({"--schema-only"});
    return schema + "\n" +
           dump({"--data-only", "--table=" + state + ".meta", "--table=" + state + ".migrations",
                 "--table=" + state + ".statements"});
}

}  // namespace tripmig::app
