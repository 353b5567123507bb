#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "app/confirm.hpp"
#include "app/context.hpp"
#include "base/exit_code.hpp"
#include "migrate/rehearse/watch.hpp"

namespace tripmig::app {

struct RehearseOptions {
    std::string bindir;        ///< of the throw-away server's programs; empty: looked for
    bool is_on_clone = false;  ///< on the database of the configuration, not on a throw-away server
};

/// One file, applied once.
struct RehearsedFile {
    std::string file;
    std::string_view direction;  ///< "up", "down", "up again"
    std::chrono::milliseconds duration{0};
    std::vector<migrate::SeenStatement> statements;
    std::vector<std::string> differences;  ///< of the schema, to what it should be behind this file
};

struct RehearsalResult {
    std::vector<RehearsedFile> files;

    /// Files that left another schema than they should.
    [[nodiscard]] std::size_t different() const;
    [[nodiscard]] ExitCode exit_code() const {
        return different() == 0 ? ExitCode::ok : ExitCode::verification_difference;
    }
};

/// Runs all files up, down and up again, watched.
RehearsalResult rehearse_migrations(const Context& context, const RehearseOptions& options, const Confirm& confirm);

}  // namespace tripmig::app
