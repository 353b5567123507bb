#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/error.hpp"
#include "base/read_file.hpp"
#include "base/write_file.hpp"
#include "cli/command.hpp"
#include "cli/migrate/schema_dump.hpp"
#include "view/json_text.hpp"

namespace tripmig::cli {

namespace {

namespace fs = std::filesystem;

struct DumpOptions {
    std::string file;
    bool checks = false;
    DumpContent content;
};

std::string read_kept(const fs::path& file) {
    constexpr std::size_t longest = 1UL << 30U;
    std::string text;
    if (const std::error_code failed = read_file(file, longest, std::chrono::seconds(30), text))
        throw Error(ExitCode::usage, fmt::format("cannot read {}: {}", file.string(), failed.message()),
                    "`tripmig dump FILE` writes it");
    return text;
}

void write_dump(const fs::path& file, const std::string& text) {
    if (const std::error_code failed = write_file(file, text))
        throw Error(ExitCode::usage, fmt::format("cannot write {}: {}", file.string(), failed.message()),
                    "check the folder, its rights and the disk");
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(std::move(line));
    return lines;
}

/// The first line that differs, of the file and of the database.
void require_same(const std::string& file, const std::string& kept, const std::string& dumped) {
    if (kept == dumped)
        return;
    const std::vector<std::string> of_file = lines_of(kept);
    const std::vector<std::string> of_database = lines_of(dumped);
    std::size_t at = 0;
    while (at < of_file.size() && at < of_database.size() && of_file[at] == of_database[at])
        ++at;
    const auto shown = [at](const std::vector<std::string>& lines) {
        return at < lines.size() ? lines[at] : std::string("(its end)");
    };
    throw Error(ExitCode::disagreement, fmt::format("{} is not the schema of the database", file),
                fmt::format("`tripmig dump {}` writes it anew; look at what changed before you commit it", file))
        .with_detail(
            fmt::format("line {}\n  file:     {}\n  database: {}", at + 1, shown(of_file), shown(of_database)));
}

ExitCode dump(Context& context, const DumpOptions& options) {
    if (options.checks && options.file.empty())
        throw Error(ExitCode::usage, "dump --check needs the file to compare with", "tripmig dump --check schema.sql");
    const std::string kept = options.checks ? read_kept(options.file) : std::string();
    const std::string dumped = dump_schema(context, options.content);
    if (options.checks)
        require_same(options.file, kept, dumped);
    else if (!options.file.empty())
        write_dump(options.file, dumped);
    if (context.json)
        context.out << view::json_text(
                           nlohmann::json{{"file", options.file},
                                          {"same", options.checks ? nlohmann::json(true) : nlohmann::json()},
                                          {"bytes", dumped.size()},
                                          {"schema", options.file.empty() ? nlohmann::json(dumped) : nlohmann::json()}})
                    << '\n';
    else if (options.file.empty())
        context.out << dumped;
    else
        context.reporter.info("dump.done", fmt::format("{}: {}", options.file,
                                                       options.checks ? "is the schema of the database" : "written"));
    return ExitCode::ok;
}

}  // namespace

void add_dump(CLI::App& app, Commands& commands) {
    CLI::App* command = app.add_subcommand("dump", "The schema as pg_dump says it, the same text for the same schema");
    auto options = std::make_shared<DumpOptions>();
    command->add_option("FILE", options->file, "Write it there; without FILE to stdout");
    command->add_flag("--check", options->checks, "Compare with FILE and change nothing: exit 4 when they differ");
    command->add_flag("--owner", options->content.with_owners,
                      "With owners: the text then differs between databases that other roles own");
    command->add_flag("--with-history", options->content.with_history,
                      "With tripmig's own tables and what they say is applied: a start for a fresh database");
    command->footer(
        "Examples:\n"
        "  tripmig dump schema.sql\n"
        "  tripmig up && tripmig dump --check schema.sql     in CI: was the file committed along?\n"
        "  tripmig dump --with-history start.sql && psql -f start.sql NEW_DATABASE && tripmig up\n"
        "tripmig's own tables and owners are left out. pg_dump is taken of the server's version, of PG_BINDIR, or of "
        "PATH.");
    commands.add(command, [options](Context& context) { return dump(context, *options); });
}

}  // namespace tripmig::cli
