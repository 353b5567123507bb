#include "db/connection_parameters.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <system_error>

#include "base/child_process.hpp"
#include "base/error.hpp"
#include "base/read_file.hpp"

namespace tripmig::db {

namespace chr = std::chrono;

namespace {

void strip_line_end(std::string& text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
        text.pop_back();
}

constexpr std::size_t longest_password = 64UL * 1024;  ///< bytes: tokens are long, but not that long

std::string in_seconds(chr::seconds patience) {
    return fmt::format("{} s, the connect_timeout of [database]", patience.count());
}

Error stopped(const std::string& meanwhile) {
    return {ExitCode::terminated, "stopped by a signal while " + meanwhile};
}

std::string password_from_file(const std::filesystem::path& file, chr::seconds patience) {
    std::string password;
    const std::error_code failed = read_file(file, longest_password, patience, password);
    const std::string reason = failed == std::errc::not_supported    ? "it is not a regular file or a FIFO"
                               : failed == std::errc::file_too_large ? "it is longer than 64 KiB"
                               : failed == std::errc::timed_out
                                   ? "nothing was written to it within " + in_seconds(patience)
                                   : failed.message();
    if (failed == std::errc::interrupted)
        throw stopped("it read the password file");
    if (failed)
        throw Error(ExitCode::usage, fmt::format("cannot read the password file {}: {}", file.string(), reason),
                    "check `password_file` in [database] and that this user may read the mounted secret");
    strip_line_end(password);
    if (password.empty())
        throw Error(ExitCode::usage, fmt::format("the password file {} is empty", file.string()),
                    "write the password into it, or remove `password_file` from [database]");
    return password;
}

std::string password_from_command(const std::string& command, chr::seconds patience) {
    ChildOrders orders;
    orders.arguments = {"/bin/sh", "-c", command};
    orders.error_output = ChildOrders::Stderr::inherited;
    orders.patience = patience;
    orders.most_output = longest_password;
    ChildEnd end = run_child(orders);
    const std::string hint = "run the command of `password_command` in [database] by hand as this user";
    switch (end.how) {
        case ChildEnd::How::signalled:
            throw stopped("the password command ran");
        case ChildEnd::How::timed_out:
            throw Error(ExitCode::usage,
                        "the password command did not end within " + in_seconds(patience) + ", and was ended", hint);
        case ChildEnd::How::too_much_output:
            throw Error(ExitCode::usage, "the password command printed more than 64 KiB, and was ended", hint);
        case ChildEnd::How::ended:
            break;
    }
    if (end.status != 0)
        throw Error(ExitCode::usage, fmt::format("the password command failed with exit code {}", end.status), hint);
    strip_line_end(end.out);
    if (end.out.empty())
        throw Error(ExitCode::usage, "the password command printed nothing",
                    "it must print the password, or a token, on its standard output");
    return end.out;
}

}  // namespace

std::map<std::string, std::string> connection_parameters(const config::DatabaseConfig& database,
                                                         std::string_view role) {
    std::map<std::string, std::string> parameters = database.parameters;
    if (!database.password_file.empty())
        parameters["password"] = password_from_file(database.password_file, database.connect_timeout);
    else if (!database.password_command.empty())
        parameters["password"] = password_from_command(database.password_command, database.connect_timeout);
    parameters.try_emplace("application_name", fmt::format("tripmig {}", role));
    parameters.try_emplace("connect_timeout", fmt::format("{}", database.connect_timeout.count()));
    parameters.try_emplace("keepalives_idle", "10");
    parameters.try_emplace("keepalives_interval", "5");
    parameters.try_emplace("keepalives_count", "4");
    parameters.try_emplace("tcp_user_timeout", "30000");
    parameters["client_encoding"] = "UTF8";
    return parameters;
}

config::DatabaseConfig direct_connection(const config::DatabaseConfig& database) {
    config::DatabaseConfig direct = database;
    if (!database.direct_parameters.empty())
        direct.parameters = database.direct_parameters;
    return direct;
}

}  // namespace tripmig::db
