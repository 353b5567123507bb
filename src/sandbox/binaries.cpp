#include "sandbox/binaries.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <string_view>
#include <system_error>

#include "base/error.hpp"
#include "sandbox/program.hpp"

namespace tripmig::sandbox {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view debian_root = "/usr/lib/postgresql";

/// The first program that the folder lacks; empty: it has them all.
std::string missing_program(const fs::path& bindir) {
    for (const char* const program : {"initdb", "postgres", "psql"})
        if (::access((bindir / program).c_str(), X_OK) != 0)
            return program;
    return {};
}

fs::path checked(const fs::path& bindir, std::string_view named_by) {
    const std::string missing = missing_program(bindir);
    if (!missing.empty())
        throw Error(ExitCode::usage, fmt::format("{} {} has no {}", named_by, bindir.string(), missing),
                    "give the directory of PostgreSQL's programs, such as /usr/lib/postgresql/15/bin");
    return fs::canonical(bindir);
}

fs::path told_by_pg_config() {
    const ProgramResult result = run_program({"pg_config", "--bindir"}, {});
    if (result.status != 0)
        return {};
    return result.output.substr(0, result.output.find('\n'));
}

fs::path newest_of_debian() {
    int newest = 0;
    std::error_code none;
    for (const fs::directory_entry& entry : fs::directory_iterator(debian_root, none)) {
        const std::string name = entry.path().filename().string();
        int version = 0;
        std::from_chars(name.data(), name.data() + name.size(), version);
        if (version > newest && missing_program(entry.path() / "bin").empty())
            newest = version;
    }
    return newest == 0 ? fs::path() : fs::path(debian_root) / std::to_string(newest) / "bin";
}

}  // namespace

fs::path find_bindir(const fs::path& chosen, const std::map<std::string, std::string>& environment) {
    if (!chosen.empty())
        return checked(chosen, "--pg-bindir");
    const auto variable = environment.find("PG_BINDIR");
    if (variable != environment.end() && !variable->second.empty())
        return checked(variable->second, "PG_BINDIR");
    const std::array<fs::path, 3> candidates{told_by_pg_config(), fs::path(debian_root) / "15" / "bin",
                                             newest_of_debian()};
    for (const fs::path& candidate : candidates)
        if (!candidate.empty() && missing_program(candidate).empty())
            return candidate;
    throw Error(
        ExitCode::refused, "PostgreSQL's server programs were not found on this machine",
        "install them (apt-get install postgresql-15), or give the directory of initdb and postgres: --pg-bindir DIR");
}

}  // namespace tripmig::sandbox
