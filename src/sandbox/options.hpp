#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "sandbox/server.hpp"
#include "sandbox/setting.hpp"

namespace tripmig::sandbox {

/// What a person may choose about a throw-away server.
struct Options {
    std::filesystem::path bindir;     ///< where initdb and postgres are: find_bindir()
    std::filesystem::path directory;  ///< empty: a fresh one, with a short name
    std::vector<Setting> settings;    ///< win over the sandbox's own
    bool durable = false;             ///< fsync and full_page_writes on: for benchmarks
    std::filesystem::path from;       ///< a stopped sandbox to begin with a copy of; empty: a new cluster
    std::optional<int> port;          ///< listen on 127.0.0.1 as well, with passwords; 0: any free port
};

/// The server that these options ask for: directory, port and password chosen, nothing made yet.
/// Throws Error{usage} when the directory's name is too long for a socket, Error{refused} when no port is free.
Server describe_server(const Options& options);

}  // namespace tripmig::sandbox
