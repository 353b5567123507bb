#include "app/migrate/dump.hpp"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <vector>

#include "base/error.hpp"
#include "base/lines.hpp"
#include "base/read_file.hpp"
#include "base/write_file.hpp"

namespace tripmig::app {

namespace fs = std::filesystem;

namespace {

std::string read_kept(const fs::path& file) {
    constexpr std::size_t longest = 1UL << 30U;
    std::string text;
    if (const std::error_code failed = read_file(file, longest, std::chrono::seconds(30), text))
        throw Error(ExitCode::usage, fmt::format("cannot read {}: {}", file.string(), failed.message()),
                    "`tripmig dump FILE` creates it");
    return text;
}

void write_dump(const fs::path& file, const std::string& text) {
    if (const std::error_code failed = write_file(file, text))
        throw Error(ExitCode::usage, fmt::format("cannot write {}: {}", file.string(), failed.message()),
                    "check the directory, its permissions and the free disk space");
}

/// The first line that differs, of the file and of the database.
void require_same(const std::string& file, const std::string& kept, const std::string& dumped) {
    if (kept == dumped)
        return;
    const std::vector<std::string> of_file = split_lines(kept);
    const std::vector<std::string> of_database = split_lines(dumped);
    std::size_t at = 0;
    while (at < of_file.size() && at < of_database.size() && of_file[at] == of_database[at])
        ++at;
    const auto shown = [at](const std::vector<std::string>& lines) {
        return at < lines.size() ? lines[at] : std::string("(end)");
    };
    throw Error(ExitCode::disagreement, fmt::format("{} differs from the schema of the database", file),
                fmt::format("to update it: tripmig dump {}; review the change before you commit it", file))
        .with_detail(
            fmt::format("line {}\n  file:     {}\n  database: {}", at + 1, shown(of_file), shown(of_database)));
}

}  // namespace

DumpResult dump_database(const Context& context, const DumpOptions& options) {
    if (options.checks && options.file.empty())
        throw Error(ExitCode::usage, "dump --check needs the file to compare with", "tripmig dump --check schema.sql");
    const std::string kept = options.checks ? read_kept(options.file) : std::string();
    DumpResult result{options.file, options.checks, dump_schema(context, options.content)};
    if (options.checks)
        require_same(options.file, kept, result.schema);
    else if (!options.file.empty())
        write_dump(options.file, result.schema);
    if (!options.file.empty())
        context.reporter.info("dump.done",
                              options.checks ? options.file + " agrees with the database" : "wrote " + options.file);
    return result;
}

}  // namespace tripmig::app
