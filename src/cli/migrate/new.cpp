#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/civil.hpp"
#include "base/error.hpp"
#include "base/write_file.hpp"
#include "cli/command.hpp"
#include "cli/migrate/migration_target.hpp"
#include "view/json_text.hpp"

namespace tripmig::cli {

namespace {

namespace fs = std::filesystem;

std::string as_file_words(const std::string& name) {
    std::string words;
    for (const char c : name) {
        const bool is_plain =
            std::isalnum(static_cast<unsigned char>(c)) != 0 || (static_cast<unsigned char>(c) & 0x80U) != 0;
        if (is_plain)
            words += c;
        else if (!words.empty() && words.back() != '_')
            words += '_';
    }
    while (!words.empty() && words.back() == '_')
        words.pop_back();
    if (words.empty())
        throw Error(ExitCode::usage, fmt::format("\"{}\" has no letter to name a file by", name),
                    "tripmig new add_users_table");
    return words;
}

using migrate::Dialect;

/// The next number where versions are small numbers, with as many digits as the newest one has; the time where they are
/// times. In an empty directory what the dialect's own tool would take, and 1 for tripmig's own.
std::string next_version(const migrate::Directory& directory, Instant now) {
    constexpr std::size_t digits_of_a_time = 14;
    if (!directory.versioned.empty()) {
        const std::string newest = directory.versioned.back().version.text();
        const std::string first = newest.substr(0, newest.find('.'));
        const std::string& name = directory.versioned.back().file;
        const std::size_t digits = name.find_first_not_of("0123456789");  // 0 in V12__x.sql
        if (first.size() < 9)
            return fmt::format("{:0{}}", std::stoll(first) + 1, digits == std::string::npos ? 0 : digits);
    }
    if (directory.versioned.empty() && directory.dialect == Dialect::flyway)
        return "1";
    std::string time;
    for (const char c : format_timestamp(now))
        if (c >= '0' && c <= '9' && time.size() < digits_of_a_time)
            time += c;
    return time;
}

struct NewFile {
    std::string name;
    std::string content;
};

/// The files of a new migration, as the directory's dialect has them.
std::vector<NewFile> new_files(Dialect dialect, const std::string& version, const std::string& name, bool with_undo) {
    const std::string words = as_file_words(name);
    switch (dialect) {
        case Dialect::golang_migrate: {
            const std::string stem = fmt::format("{}_{}", version, words);
            std::vector<NewFile> files{{stem + ".up.sql", fmt::format("-- {}\n", name)}};
            if (with_undo)
                files.push_back({stem + ".down.sql", fmt::format("-- Undoes {}.up.sql\n", stem)});
            return files;
        }
        case Dialect::dbmate:  // which wants both
            return {{fmt::format("{}_{}.sql", version, words), "-- migrate:up\n\n-- migrate:down\n"}};
        case Dialect::goose:
            return {{fmt::format("{}_{}.sql", version, words),
                     with_undo ? "-- +goose Up\n\n-- +goose Down\n" : "-- +goose Up\n"}};
        case Dialect::flyway:
            break;
    }
    const std::string stem = fmt::format("{}__{}.sql", version, words);
    std::vector<NewFile> files{{"V" + stem, fmt::format("-- {}\n", name)}};
    if (with_undo)
        files.push_back({"U" + stem, fmt::format("-- Undoes V{}\n", stem)});
    return files;
}

void write_new(const fs::path& path, const std::string& text) {
    const std::error_code failed = create_file(path, text);
    if (failed == std::errc::file_exists)
        throw Error(ExitCode::usage, fmt::format("{} exists already", path.string()), "choose another name");
    if (failed)
        throw Error(ExitCode::usage, fmt::format("cannot write {}: {}", path.string(), failed.message()),
                    "check the directory and the free space");
}

ExitCode make_new(Context& context, const std::string& name, bool with_undo) {
    const fs::path& dir = context.config.migrations.dir;
    const migrate::Directory directory = read_migrations(context, true);
    std::vector<std::string> made;
    for (const NewFile& file :
         new_files(directory.dialect, next_version(directory, context.clock.now()), name, with_undo)) {
        made.push_back((dir / file.name).string());
        write_new(made.back(), file.content);
    }
    if (context.json)
        context.out << view::json_text(nlohmann::json{{"files", made}}) << '\n';
    else
        for (const std::string& path : made)
            context.out << path << '\n';
    return ExitCode::ok;
}

}  // namespace

void add_new(CLI::App& app, Commands& commands) {
    CLI::App* command = app.add_subcommand("new", "Make an empty migration file with the next version");
    auto name = std::make_shared<std::string>();
    auto with_undo = std::make_shared<bool>(false);
    command->add_option("name", *name, "What it does, in words: \"add users table\"")->required()->type_name("NAME");
    command->add_flag("--undo", *with_undo, "Make its way back as well: a file, or a part of it");
    command->footer(
        "Prints the path. The version is the next number, or the time where versions are times. The name and what is "
        "in\n"
        "the file are of the directory's dialect (--dialect for an empty one).");
    commands.add(command, [name, with_undo](Context& context) { return make_new(context, *name, *with_undo); });
}

}  // namespace tripmig::cli
