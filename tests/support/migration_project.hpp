#pragma once

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/command.hpp"
#include "support/test_database.hpp"

namespace tripmig::test {

/// A database and a directory of migrations, for the built binary.
struct MigrationProject {
    TestDatabase database;
    TemporaryFolder folder;

    void write(const std::string& name, std::string_view content) const { folder.write("migrations/" + name, content); }
    void remove(const std::string& name) const { std::filesystem::remove(folder.path() / "migrations" / name); }

    [[nodiscard]] std::vector<std::string> with_where(std::vector<std::string> arguments) const {
        arguments.insert(arguments.end(), {"--url", database.url()});
        return arguments;
    }
    [[nodiscard]] Surroundings surroundings() const {
        Surroundings where;
        where.directory = folder.path();
        return where;
    }
    [[nodiscard]] CommandResult run(std::vector<std::string> arguments) const {
        return run_tripmig(with_where(std::move(arguments)), surroundings());
    }

    /// Runs it, checks that it ends with 0, and gives what it printed on stdout.
    std::string succeed(std::vector<std::string> arguments) const {
        const CommandResult result = run(std::move(arguments));
        CHECK_MESSAGE(result.exit_code == 0, result.err);
        return result.out;
    }
    [[nodiscard]] nlohmann::json json(std::vector<std::string> arguments) const {
        arguments.emplace_back("--json");
        return nlohmann::json::parse(succeed(std::move(arguments)));
    }
    /// Runs it, checks that it ends with that code and says that on stderr.
    void fail(std::vector<std::string> arguments, int exit_code, const std::string& message) const {
        const CommandResult result = run(std::move(arguments));
        CHECK_MESSAGE(result.exit_code == exit_code, result.err);
        CHECK_MESSAGE(result.err.find(message) != std::string::npos, result.err);
    }

    /// "1 V,2 adopted": the versions that count, in the order of their rows.
    [[nodiscard]] std::string history() const {
        return database.scalar(
            "select coalesce(string_agg(coalesce(version, description) || ' ' || kind, ',' order by id), '') "
            "from tripmig.migrations where undone_at is null and kind <> 'U'");
    }
};

}  // namespace tripmig::test
