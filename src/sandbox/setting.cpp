#include "sandbox/setting.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "base/error.hpp"

namespace tripmig::sandbox {

Setting parse_setting(const std::string& text) {
    const std::size_t equals = text.find('=');
    const std::string name = text.substr(0, equals);
    const bool is_name = !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
                         std::all_of(name.begin(), name.end(),
                                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '.'; });
    if (equals == std::string::npos || !is_name || text.find('\n') != std::string::npos)
        throw Error(ExitCode::usage, fmt::format("'{}' is not a valid server parameter", text),
                    "write name=value, e.g. shared_buffers=1GB");
    static constexpr std::array<std::string_view, 5> ours{"port", "listen_addresses", "unix_socket_directories",
                                                          "data_directory", "hba_file"};
    if (std::find(ours.begin(), ours.end(), name) != ours.end())
        throw Error(ExitCode::usage, fmt::format("the sandbox sets {} itself", name),
                    "use --listen or --port to listen on 127.0.0.1, and --dir to choose its directory");
    return {name, text.substr(equals + 1)};
}

}  // namespace tripmig::sandbox
