#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/civil.hpp"
#include "base/error.hpp"
#include "cli/command.hpp"
#include "migrate/directory.hpp"

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

/// The next number where versions are small numbers, the time where they are times or where there is none yet and never
/// two at once.
std::string next_version(const migrate::Directory& directory, Instant now) {
    constexpr std::size_t digits_of_a_time = 14;
    if (!directory.versioned.empty()) {
        const std::string newest = directory.versioned.back().version.text();
        const std::string first = newest.substr(0, newest.find('.'));
        if (first.size() < 9)
            return fmt::format("{}", std::stoll(first) + 1);
    }
    std::string time;
    for (const char c : format_timestamp(now))
        if (c >= '0' && c <= '9' && time.size() < digits_of_a_time)
            time += c;
    return directory.versioned.empty() ? "1" : time;
}

void write_new(const fs::path& path, const std::string& text) {
    if (fs::exists(path))
        throw Error(ExitCode::usage, fmt::format("{} exists already", path.string()), "choose another name");
    std::ofstream stream(path, std::ios::binary);
    stream << text;
    stream.close();
    if (!stream)
        throw Error(ExitCode::usage, fmt::format("cannot write {}: {}", path.string(), std::strerror(errno)),
                    "check the directory and the free space");
}

ExitCode make_new(Context& context, const std::string& name, bool with_undo) {
    const fs::path& dir = context.config.migrations.dir;
    const migrate::Directory directory = migrate::read_directory(dir);
    const std::string stem =
        fmt::format("{}__{}.sql", next_version(directory, context.clock.now()), as_file_words(name));
    std::vector<std::string> made{(dir / ("V" + stem)).string()};
    write_new(made.front(), fmt::format("-- {}\n", name));
    if (with_undo) {
        made.push_back((dir / ("U" + stem)).string());
        write_new(made.back(), fmt::format("-- Undoes V{}\n", stem));
    }
    if (context.json)
        context.out << nlohmann::json{{"files", made}}.dump(2) << '\n';
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
    command->add_flag("--undo", *with_undo, "Make its undo file (U...) as well");
    command->footer("Prints the path. The version is the next number, or the time where versions are times.");
    commands.add(command, [name, with_undo](Context& context) { return make_new(context, *name, *with_undo); });
}

}  // namespace tripmig::cli
