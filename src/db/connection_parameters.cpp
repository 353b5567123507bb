#include "db/connection_parameters.hpp"

#include <fmt/format.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>

#include "base/error.hpp"

namespace tripmig::db {

namespace {

void strip_line_end(std::string& text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
        text.pop_back();
}

std::string password_from_file(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::stringstream content;
    if (stream)
        content << stream.rdbuf();
    if (!stream)
        throw Error(ExitCode::usage,
                    fmt::format("cannot read the password file {}: {}", file.string(), std::strerror(errno)),
                    "check `password_file` in [database] and that this user may read the mounted secret");
    std::string password = content.str();
    strip_line_end(password);
    if (password.empty())
        throw Error(ExitCode::usage, fmt::format("the password file {} is empty", file.string()),
                    "write the password into it, or remove `password_file` from [database]");
    return password;
}

std::string password_from_command(const std::string& command) {
    std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "re"), [](FILE*) { return 0; });
    if (!pipe)
        throw Error(ExitCode::usage, fmt::format("cannot start the password command: {}", std::strerror(errno)));
    std::string password;
    std::array<char, 4096> buffer{};
    while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe.get()))
        password.append(buffer.data(), count);
    const int status = ::pclose(pipe.release());
    if (status != 0)
        throw Error(ExitCode::usage,
                    fmt::format("the password command failed with exit code {}",
                                WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status)),
                    "run the command of `password_command` in [database] by hand as this user");
    strip_line_end(password);
    if (password.empty())
        throw Error(ExitCode::usage, "the password command printed nothing",
                    "it must print the password, or a token, on its standard output");
    return password;
}

}  // namespace

std::map<std::string, std::string> connection_parameters(const config::DatabaseConfig& database,
                                                         std::string_view role) {
    std::map<std::string, std::string> parameters = database.parameters;
    if (!database.password_file.empty())
        parameters["password"] = password_from_file(database.password_file);
    else if (!database.password_command.empty())
        parameters["password"] = password_from_command(database.password_command);
    parameters.try_emplace("application_name", fmt::format("tripmig {}", role));
    parameters.try_emplace("connect_timeout", fmt::format("{}", database.connect_timeout.count()));
    parameters.try_emplace("keepalives_idle", "10");
    parameters.try_emplace("keepalives_interval", "5");
    parameters.try_emplace("keepalives_count", "4");
    parameters.try_emplace("tcp_user_timeout", "30000");
    parameters["client_encoding"] = "UTF8";
    return parameters;
}

config::DatabaseConfig past_pooler(const config::DatabaseConfig& database) {
    config::DatabaseConfig direct = database;
    if (!database.direct_parameters.empty())
        direct.parameters = database.direct_parameters;
    return direct;
}

}  // namespace tripmig::db
